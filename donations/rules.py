"""Who may do what with donations. Giving itself is open to everyone."""

from donations.models import Pledge
from programs.models import Membership, Role
from programs.rules import is_role


def may_run_campaigns(actor: Membership | None) -> bool:
    """The secretariat drafts, opens, closes and settles campaigns and says who receives gifts."""
    return is_role(actor, Role.OFFICE)


def may_receive_grants(actor: Membership | None) -> bool:
    """The secretariat books a grant when the bank shows it."""
    return is_role(actor, Role.OFFICE)


def may_refund(actor: Membership | None) -> bool:
    """The secretariat pays a gift back."""
    return is_role(actor, Role.OFFICE)


def may_fill_reserve(actor: Membership | None) -> bool:
    """The secretariat moves running costs into the loss reserve, two people together."""
    return is_role(actor, Role.OFFICE)


def may_settle_findings(actor: Membership | None) -> bool:
    """The secretariat looks at open questions about money and says what was done."""
    return is_role(actor, Role.OFFICE)


def may_reconcile(actor: Membership | None) -> bool:
    """The secretariat may hold the books against the payment company's at any time."""
    return is_role(actor, Role.OFFICE)


def may_issue_receipts(actor: Membership | None) -> bool:
    """The secretariat says what receipts state, and issues, copies and cancels them."""
    return is_role(actor, Role.OFFICE)


def may_read_donor_list(actor: Membership | None) -> bool:
    """The secretariat takes the list of donors for the authorities."""
    return is_role(actor, Role.OFFICE)


def may_handle_money(actor: Membership | None) -> bool:
    """The secretariat notes gifts by hand, company gifts and promises, and reads the bank's statements."""
    return is_role(actor, Role.OFFICE)


def may_change_monthly(actor: Membership | None, pledge: Pledge) -> bool:
    """A donor changes their own monthly gift; nobody else, for it is their money."""
    return is_role(actor, Role.DONOR) and actor is not None and actor.user_id == pledge.user_id


def may_stop_monthly(actor: Membership | None, pledge: Pledge) -> bool:
    """A donor stops their own, and the secretariat any: for those who call."""
    return is_role(actor, Role.OFFICE) or may_change_monthly(actor, pledge)


def may_read_monthly(actor: Membership | None) -> bool:
    """The secretariat sees which monthly gifts run."""
    return is_role(actor, Role.OFFICE)
