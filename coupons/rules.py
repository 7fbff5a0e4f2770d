"""Who may do what with coupons."""

from programs.models import Membership, Role
from programs.rules import is_role


def may_issue(actor: Membership | None) -> bool:
    """The secretariat issues coupons."""
    return is_role(actor, Role.OFFICE)


def may_reverse_any_day(actor: Membership | None) -> bool:
    """The secretariat takes any use back, with a reason."""
    return is_role(actor, Role.OFFICE)


def may_reverse(actor: Membership | None) -> bool:
    """The secretariat, or a school's counter; partners decides whose counter, reverse.py which day."""
    return is_role(actor, Role.OFFICE, Role.COUNTER, Role.PROVIDER_ADMIN)


def may_set_use_rules(actor: Membership | None) -> bool:
    """The secretariat sets the year's rules."""
    return is_role(actor, Role.OFFICE)
