"""Who may do what at the secretariat's desk."""

from programs.models import Membership, Role
from programs.rules import is_role


def may_write_again(actor: Membership | None) -> bool:
    """The secretariat says that an address takes mails again."""
    return is_role(actor, Role.OFFICE)
