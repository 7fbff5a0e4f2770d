"""The secretariat takes a role away from a person."""

from django.db import transaction

from audit.record import record
from kernel.clock import now
from people.errors import NotYourself
from people.invite import open_invitations
from programs.models import Membership
from programs.rules import may_invite, require


@transaction.atomic
def deactivate(*, membership_id: int, actor: Membership) -> Membership:
    """End a membership at once; a repeat changes nothing. Open invitations to the role end with it.

    Sessions need no ending: every page asks for an active membership.
    Raises NotAllowed, NotYourself, Membership.DoesNotExist; nothing is written then.
    """
    require(may_invite(actor))
    membership: Membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=membership_id)
    )
    if membership.pk == actor.pk:
        raise NotYourself
    if not membership.is_active:
        return membership

    membership.is_active = False
    membership.save(update_fields=["is_active"])
    open_invitations(email=membership.user.email, role=membership.role).update(expires_at=now())
    record("membership.ended", actor=actor, subject=f"membership:{membership.pk}", role=membership.role)
    return membership
