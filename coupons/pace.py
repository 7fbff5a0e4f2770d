"""How long a coupon lasts at the pace of its use so far."""

from dataclasses import dataclass
from datetime import date

from kernel.clock import months_left


@dataclass(frozen=True)
class Pace:
    """What a family plans with. `lasts_until` is the first day of the last month that is covered whole."""

    months: int
    per_month_yen: int
    lasts_until: date | None
    reaches_the_end: bool


def pace(*, left_yen: int, used_yen: int, first_day: date, last_day: date, on: date) -> Pace:
    """Look ahead from the day `on`; all days are Japanese and inclusive.

    Per month: what is left, spread over the calendar months up to `last_day`, this month included;
    whole hundreds of yen, rounded down, so that it never promises more than there is (below 100 yen
    whole yen). At this pace: the mean use of the calendar months since `first_day`, this one
    included; it lasts as many months more as what is left covers whole. None while nothing was used.
    """
    months = months_left(on, last_day)
    per_month_yen = left_yen // months if months else 0
    if per_month_yen >= 100:
        per_month_yen = per_month_yen // 100 * 100
    if used_yen <= 0 or left_yen <= 0 or not months:
        return Pace(months, per_month_yen, None, reaches_the_end=False)
    months_so_far = max(months_left(first_day, on), 1)
    more = left_yen * months_so_far // used_yen
    lasts_until = later_month(on, more)
    return Pace(
        months,
        per_month_yen,
        lasts_until,
        reaches_the_end=(lasts_until.year, lasts_until.month) >= (last_day.year, last_day.month),
    )


def later_month(on: date, months: int) -> date:
    """The first day of the month that is `months` after the month of `on`."""
    count = on.year * 12 + on.month - 1 + min(months, 1200)
    return date(count // 12, count % 12 + 1, 1)
