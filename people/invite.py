"""The secretariat invites a person to a role; the link goes by mail."""

import base64
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from audit.record import record
from kernel.clock import now
from outbox.handlers import HANDLERS
from outbox.put import put
from people.errors import AlreadyMember
from programs.models import Invitation, Membership, Program, Role
from programs.rules import may_invite, require

KEPT_DAYS = 7


def accepted_topic(kind: str) -> str:
    """The outbox topic on which an upper floor ties a new member to its own rows."""
    return f"invitation_accepted_{kind}"


@transaction.atomic
def invite(*, email: str, role: Role, actor: Membership, about: dict[str, Any] | None = None) -> Invitation:
    """Invite `email` to `role` for seven days. An open invitation to the same is replaced.

    To the secretariat nothing is mailed before another person has approved it (approve_invitation):
    with two addresses one person would be both halves of every act that needs two.
    about  what an upper floor ties to the new member: {"kind": "classroom_staff", "classroom_id": 5};
           its `kind` must have a handler of `invitation_accepted_<kind>`
    Raises NotAllowed, AlreadyMember; nothing is written or sent then.
    """
    require(may_invite(actor))
    address, about = email.strip().lower(), about or {}
    if about and accepted_topic(about["kind"]) not in HANDLERS:
        raise RuntimeError(f"nobody handles {accepted_topic(about['kind'])}")
    # Two clicks at once must not leave two open links to one role.
    Program.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.program_id)
    members = Membership.objects.filter(user__email=address, role=role, is_active=True)
    if not about and members.exists():
        raise AlreadyMember

    open_invitations(email=address, role=role, about=about).update(expires_at=now())
    pk = _next_id()
    invitation: Invitation = Invitation.objects.create(
        pk=pk,
        email=address,
        role=role,
        about=about,
        token_hash=hash_of(token_of(actor.program_id, pk)),
        expires_at=now() + timedelta(days=KEPT_DAYS),
        invited_by=actor,
    )
    record("invitation.sent", actor=actor, subject=f"invitation:{pk}", role=str(role))
    if not invitation.waits_for_second_person:
        mail_link(invitation)
    return invitation


def mail_link(invitation: Invitation) -> None:
    """The link goes out; the mail is written when it is sent."""
    put("invitation", about=f"invitation:{invitation.pk}", invitation_id=invitation.pk)


def open_invitations(**filters: Any) -> Any:
    """Invitations that can still be accepted, some of them only when a second person has approved them."""
    return Invitation.objects.filter(accepted_at__isnull=True, expires_at__gt=now(), **filters)


def token_of(program_id: int, invitation_id: int) -> str:
    """The 256-bit secret of the mailed link, made from the server's key.

    So it lies nowhere: the table holds its hash, the outbox only the id, and the mail makes it again.
    """
    digest = salted_hmac("people.invite", f"{program_id}:{invitation_id}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(token: str) -> str:
    """What the table keeps of a token."""
    return sha256(token.encode()).hexdigest()


def _next_id() -> int:
    """An id ahead of the row: the token needs it before the row can hold the token's hash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT time_ordered_id()")
        return int(cursor.fetchone()[0])
