"""The secretariat takes a role away from a person."""

from django.db import transaction
from django.db.models import Q

from audit.record import record
from kernel.clock import now
from people.errors import NotYourself
from people.invite import open_invitations
from programs.models import BY_TWO, Membership
from programs.rules import may_invite, require


@transaction.atomic
def deactivate(*, membership_id: int, actor: Membership) -> Membership:
    """End a membership at once; a repeat changes nothing. Open invitations to the role end with it,
    and those to the secretariat that the person made or approved.

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
    if membership.role in BY_TWO:  # a link to an address of their own would let them in again
        theirs = Q(invited_by=membership) | Q(approved_by=membership)
        open_invitations(role__in=BY_TWO).filter(theirs).update(expires_at=now())
    record("membership.ended", actor=actor, subject=f"membership:{membership.pk}", role=membership.role)
    return membership
