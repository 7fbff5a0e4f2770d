"""Who may do what with donations. Giving itself is open to everyone."""

from programs.models import Membership, Role
from programs.rules import is_role


def may_run_campaigns(actor: Membership | None) -> bool:
    """The secretariat opens and closes campaigns and says who receives gifts."""
    return is_role(actor, Role.OFFICE)


def may_receive_grants(actor: Membership | None) -> bool:
    """The secretariat books a grant when the bank shows it."""
    return is_role(actor, Role.OFFICE)


def may_handle_money(actor: Membership | None) -> bool:
    """The secretariat notes gifts by hand, company gifts and promises, and reads the bank's statements."""
    return is_role(actor, Role.OFFICE)
