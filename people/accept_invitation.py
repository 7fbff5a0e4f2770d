"""An invited person joins."""

from django.db import transaction

from audit.record import record
from kernel.clock import now
from outbox.put import put
from people.errors import AccountClosed, InvitationOver, PasswordMissing
from people.invite import accepted_topic, hash_of
from programs.models import STAFF_ROLES, Invitation, Membership, User


@transaction.atomic
def accept_invitation(*, token: str, name: str = "", password: str = "") -> Membership:
    """Join with the role of the invitation that `token` opens, once.

    Staff who have no password yet choose one; families and donors need none. A name or password that
    the person has already is never changed: the link proves the mailbox, not more. What upper floors
    tie to the member follows through the outbox.
    Raises InvitationOver, AccountClosed, PasswordMissing; nothing is written then.
    """
    invitation = find_invitation(token, lock=True)
    user, _ = User.objects.get_or_create(email=invitation.email)
    if not user.is_active:
        raise AccountClosed
    if needs_password(invitation, user) and not password:
        raise PasswordMissing

    if needs_password(invitation, user):
        user.set_password(password)
    elif not user.password:
        user.set_unusable_password()
    user.name = user.name or name
    user.save(update_fields=["password", "name"])
    membership: Membership
    membership, _ = Membership.objects.update_or_create(
        user=user, role=invitation.role, defaults={"is_active": True}
    )
    invitation.accepted_at, invitation.accepted_by = now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    subject = f"invitation:{invitation.pk}"
    record("invitation.accepted", actor=membership, subject=subject, role=invitation.role)
    if invitation.about:
        facts = {"invitation_id": invitation.pk, "membership_id": membership.pk, **invitation.about}
        put(accepted_topic(invitation.about["kind"]), about=subject, **facts)
    return membership


def find_invitation(token: str, *, lock: bool = False) -> Invitation:
    """The open invitation of `token`. Raises InvitationOver for any other, also for one not approved yet."""
    invitations = Invitation.objects.filter(token_hash=hash_of(token))
    if lock:
        invitations = invitations.select_for_update(of=("self",))
    invitation: Invitation | None = invitations.first()
    if invitation is None or invitation.accepted_at is not None or invitation.expires_at <= now():
        raise InvitationOver
    if invitation.waits_for_second_person:
        raise InvitationOver
    return invitation


def needs_password(invitation: Invitation, user: User | None) -> bool:
    """Staff choose a password, unless the account has one already."""
    has_one = user is not None and bool(user.password) and user.has_usable_password()
    return invitation.role in STAFF_ROLES and not has_one
