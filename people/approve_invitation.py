"""A second person lets a new colleague into the secretariat; only then the link is mailed."""

from datetime import timedelta

from django.db import transaction

from audit.record import record
from kernel.clock import now
from people.errors import InvitationOver, InvitedByYou
from people.invite import KEPT_DAYS, mail_link
from programs.models import BY_TWO, Invitation, Membership
from programs.rules import may_approve_invitation, require


@transaction.atomic
def approve_invitation(*, invitation_id: int, actor: Membership) -> Invitation:
    """Another one than who invited says yes; the seven days begin. A repeat changes nothing.

    Raises NotAllowed, Invitation.DoesNotExist, InvitationOver, InvitedByYou; nothing is written then.
    """
    require(may_approve_invitation(actor))
    invitation = _lock(invitation_id)
    if invitation.invited_by_id == actor.pk:
        raise InvitedByYou
    if invitation.waits_for_second_person:
        invitation.approved_by = actor
        _let_in(invitation, actor)
    return invitation


@transaction.atomic
def approve_as_operator(*, invitation_id: int, operator: str) -> Invitation:
    """Who runs the installation says yes, where the secretariat has one person only. A repeat changes nothing.

    No page may call this: it is a command of the installation, so there is no actor. `operator`: the name of
    the person who asked the program's organisation, not only the one who invited.
    Raises Invitation.DoesNotExist, InvitationOver; nothing is written then.
    """
    invitation = _lock(invitation_id)
    if invitation.waits_for_second_person:
        invitation.operator = operator.strip()
        _let_in(invitation, None)
    return invitation


def _lock(invitation_id: int) -> Invitation:
    """One to the secretariat that can still be accepted; there is no other to approve."""
    found = Invitation.objects.select_for_update(of=("self",)).select_related("invited_by")
    invitation: Invitation = found.get(pk=invitation_id, role__in=BY_TWO)
    if invitation.accepted_at is not None or invitation.expires_at <= now():
        raise InvitationOver
    if not invitation.invited_by.is_active:  # ended at the moment in which they invited
        raise InvitationOver
    return invitation


def _let_in(invitation: Invitation, actor: Membership | None) -> None:
    invitation.approved_at, invitation.expires_at = now(), now() + timedelta(days=KEPT_DAYS)
    invitation.save(update_fields=["approved_at", "approved_by", "operator", "expires_at"])
    facts = {"operator": invitation.operator} if actor is None else {}
    record("invitation.approved", actor=actor, subject=f"invitation:{invitation.pk}", **facts)
    mail_link(invitation)
