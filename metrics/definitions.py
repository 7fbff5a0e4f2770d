"""What each figure means and where it comes from: shown beside it, never apart from it."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Definition(NamedTuple):
    """The words of one figure."""

    label: str | Promise
    meaning: str | Promise
    source: str | Promise


LEDGER = _("Source: the ledger.")
COUPONS = _("Source: coupons issued.")
USES = _("Source: uses at schools, without those taken back.")
SCHOOLS = _("Source: the list of schools.")

BUDGET = Definition(
    _("Budget"),
    _("What the fund held on the first day of the fiscal year, and gifts and grants that came in since."),
    LEDGER,
)
RECEIVED = Definition(
    _("Received"),
    _("Gifts and grants that reached the fund in the fiscal year, without those returned."),
    LEDGER,
)
SPENT = Definition(
    _("Spent at schools"),
    _("Yen that children used at schools in the fiscal year, without uses taken back."),
    LEDGER,
)
LEFT = Definition(
    _("Left in the fund"), _("Yen in the fund that no coupon holds: it may still become coupons."), LEDGER
)
ON_COUPONS = Definition(
    _("On coupons, not yet used"), _("Yen that children hold on their coupons and may still use."), LEDGER
)
CHILDREN = Definition(
    _("Children with a coupon"),
    _("Children who were issued a coupon of the fiscal year that was not cancelled."),
    COUPONS,
)
ISSUED = Definition(
    _("Yen issued"), _("The face values of the coupons of the fiscal year that were not cancelled."), COUPONS
)
USED_ONCE = Definition(
    _("Children who used it"), _("Children who used their coupon of the fiscal year at least once."), USES
)
USED = Definition(_("Yen used"), _("Yen used from coupons of the fiscal year."), USES)
REDEMPTIONS = Definition(_("Number of uses"), _("How many times a coupon of the fiscal year was used."), USES)
PROVIDERS = Definition(
    _("Schools"), _("Schools that are approved today, tutors and groups included."), SCHOOLS
)
CLASSROOMS = Definition(_("Classrooms"), _("Open classrooms of approved schools."), SCHOOLS)
CLASSROOMS_USED = Definition(
    _("Classrooms with a use"),
    _("Classrooms at which a coupon of the fiscal year was used at least once."),
    USES,
)
TAKE_UP = Definition(
    _("Take-up"),
    _("Children with a coupon, divided by the children who are eligible by the city's count."),
    _("Source: coupons issued; the city's count of eligible children."),
)
ACTIVATION = Definition(
    _("Activation"),
    _("Children who used their coupon at least once, divided by children with a coupon."),
    USES,
)
REDEMPTION_RATE = Definition(
    _("Redemption rate"),
    _("Yen used, divided by yen issued."),
    _("Source: uses at schools and coupons issued."),
)
