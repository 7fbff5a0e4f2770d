"""Permission: the first beat of a verb. `may_<verb>` functions of every floor are used through it."""

from kernel.errors import NotAllowed
from programs.models import Membership, Role


def require(allowed: bool) -> None:
    """Raise NotAllowed unless `allowed`."""
    if not allowed:
        raise NotAllowed


def is_role(actor: Membership | None, *roles: Role) -> bool:
    """An active membership with one of `roles`."""
    return actor is not None and actor.is_active and actor.role in roles


def may_invite(actor: Membership | None) -> bool:
    """The secretariat invites people."""
    return is_role(actor, Role.OFFICE)


def may_approve_invitation(actor: Membership | None) -> bool:
    """The secretariat lets a new colleague in, another person than the one who invited (the verb looks)."""
    return is_role(actor, Role.OFFICE)
