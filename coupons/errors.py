"""Refusals of coupons. Nothing is written when one is raised."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.yen import written_yen


def _for_people(facts: dict[str, Any]) -> dict[str, Any]:
    """12000 -> '12,000' and dates as the reader's language writes them."""
    shown = dict(facts)
    for name, value in facts.items():
        if name.endswith("_yen"):
            shown[name] = written_yen(value)
        elif name.endswith("_day"):
            shown[name] = date_format(value, "DATE_FORMAT")
    return shown


class CouponRefused(Refused):
    """A refusal whose words carry amounts and days; `facts` keep them as numbers and dates."""

    def __str__(self) -> str:
        return str(self.words) % _for_people(self.facts) if self.facts else str(self.words)


class CouponUnknown(CouponRefused):
    """Mistyped, unknown or of another program: one answer, so that codes cannot be probed."""

    code = "coupon_unknown"
    status = 404
    words = _("We cannot find a coupon with this code. Check it with the family and type it again.")


class CouponClosed(CouponRefused):
    """The last day is over, or the coupon was ended or cancelled."""

    code = "coupon_closed"
    words = _("This coupon can no longer be used. Its last day is %(last_day)s. Nothing was taken.")


class CouponNotYet(CouponRefused):
    """The coupon's first day has not come."""

    code = "coupon_not_yet"
    words = _("This coupon can be used from %(first_day)s on. Nothing was taken.")


class BalanceTooLow(CouponRefused):
    """Less is left on the coupon than was asked for."""

    code = "balance_too_low"
    words = _(
        "At most %(usable_yen)s yen can be paid with this coupon. Nothing was taken. Enter a smaller amount."
    )


class RequestKeyUsed(CouponRefused):
    """The same request key came before with another coupon, amount, school or category."""

    code = "request_key_used"
    words = _("This entry was already sent with other content. Nothing more was taken. Open a new entry.")


class FundTooSmall(CouponRefused):
    """The fund does not hold one coupon more."""

    code = "fund_too_small"
    words = _(
        "The fund is %(missing_yen)s yen short for this coupon. Choose another fund, or wait for gifts."
    )


class ReserveShort(CouponRefused):
    """Money that became coupons went back to donors, and nothing is there to pay for it."""

    code = "reserve_short"
    words = _(
        "The loss reserve is %(short_yen)s yen below zero, because money that had become coupons went back to donors."
        " Fill it from running costs, then issue. Coupons that children hold are not touched."
    )


class AlreadyIssued(CouponRefused):
    """The child has a coupon for that program year."""

    code = "already_issued"
    words = _("This child already has a coupon for this program year. No second one was issued.")


class NotApproved(CouponRefused):
    """The application waits for a decision or was declined."""

    code = "not_approved"
    words = _("This application is not approved. Decide on it first, then issue the coupon.")


class YearOver(CouponRefused):
    """The last day of the program year has passed."""

    code = "year_over"
    words = _("This program year ended on %(last_day)s. Issue coupons in the next program year.")


class NotAFund(CouponRefused):
    """Coupons are only issued from a fund."""

    code = "not_a_fund"
    words = _("Coupons are only issued from a fund. Choose a fund from the list.")


class NothingChosen(CouponRefused):
    """A list without a child."""

    code = "nothing_chosen"
    words = _("No child is chosen. Choose at least one child from the list.")


class AlreadyReversed(CouponRefused):
    """A redemption is undone once."""

    code = "already_reversed"
    words = _("This use was already taken back. The money is on the coupon.")


class TooLateHere(CouponRefused):
    """The counter undoes only on the same day."""

    code = "too_late_at_counter"
    words = _("The counter can take a use back on the same day only. Ask the secretariat.")


class ReasonMissing(CouponRefused):
    """The secretariat writes why."""

    code = "reason_missing"
    words = _("Write why the use is taken back. The family and the school may ask.")


class ApplicationUnknown(CouponRefused):
    """An application that is not of this program and year."""

    code = "application_unknown"
    status = 404
    words = _("The list has changed meanwhile. Open it again and choose anew.")


class OverAllowance(CouponRefused):
    """More than the rules of the coupon let be used in these days, in one use or on one day."""

    code = "over_allowance"
    words = _(
        "At most %(usable_yen)s yen may be used now. Nothing was taken. Enter a smaller amount, "
        "or take the rest when the next period begins."
    )


class CategoryNotAllowed(CouponRefused):
    """The coupon's rules do not pay for this."""

    code = "category_not_allowed"
    words = _("This coupon does not pay for that. Nothing was taken. Choose another kind of cost.")


class GradeNotOffered(CouponRefused):
    """The year's rules name grades, and this child's is none of them."""

    code = "grade_not_offered"
    words = _("The year's rules have no amount for this child's grade. Add the grade to the rules first.")


class NothingLeftToGive(CouponRefused):
    """A coupon issued on that day would be worth no yen: the rules' periods are over, or the year's months."""

    code = "nothing_left_to_give"
    words = _(
        "By this year's rules a coupon issued now would be worth 0 yen: their periods are over. Change the rules of"
        " the year first, or issue in the next program year."
    )


class RulesNotInOrder(CouponRefused):
    """Overlapping, reversed, empty, or amounts and windows at once."""

    code = "rules_not_in_order"
    words = _(
        "These rules contradict each other. Grades and periods may not overlap, each needs an amount, "
        "at least one kind of cost must be allowed, and amounts by grade do not go with periods."
    )


class WindowOutsideYear(CouponRefused):
    """A period begins before the year or ends after it."""

    code = "window_outside_year"
    words = _("Each period must lie between %(first_day)s and %(last_day)s.")


class CapTooSmall(CouponRefused):
    """A cap of nothing, or less in a day than in one use."""

    code = "cap_too_small"
    words = _("The most for one use may not be above the most for one day, and neither may be zero.")


class SomeoneWasFaster(CouponRefused):
    """Someone else set rules since the page was drawn."""

    code = "someone_was_faster"
    words = _("Someone else has changed these rules meanwhile. Look at them again; nothing was changed.")
