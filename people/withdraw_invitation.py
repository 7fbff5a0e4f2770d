"""The secretariat takes an open invitation back, its own or a colleague's."""

from django.db import transaction

from audit.record import record
from kernel.clock import now
from people.errors import InvitationAccepted
from programs.models import Invitation, Membership
from programs.rules import may_invite, require


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, actor: Membership) -> Invitation:
    """Its link opens nothing any more, and nobody can approve it. A repeat changes nothing.

    Raises NotAllowed, Invitation.DoesNotExist, InvitationAccepted; nothing is written then.
    """
    require(may_invite(actor))
    invitation: Invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)
    if invitation.accepted_at is not None:
        raise InvitationAccepted
    if invitation.expires_at > now():
        invitation.expires_at = now()
        invitation.save(update_fields=["expires_at"])
        record(
            "invitation.withdrawn", actor=actor, subject=f"invitation:{invitation.pk}", role=invitation.role
        )
    return invitation
