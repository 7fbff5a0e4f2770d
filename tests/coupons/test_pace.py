"""coupons.pace: what a family plans with; it never promises more than there is."""

from datetime import date

import pytest

from coupons.pace import later_month, pace

APRIL, END = date(2026, 4, 1), date(2027, 3, 31)


def test_unused_money_is_spread_over_the_months_left_this_one_included() -> None:
    found = pace(left_yen=200_000, used_yen=0, first_day=APRIL, last_day=END, on=APRIL)

    assert (found.months, found.per_month_yen, found.lasts_until) == (12, 16_600, None)
    assert found.per_month_yen * found.months <= 200_000


def test_at_this_pace_it_reaches_the_end() -> None:
    found = pace(left_yen=100_000, used_yen=100_000, first_day=APRIL, last_day=END, on=date(2026, 9, 30))

    assert (found.lasts_until, found.reaches_the_end) == (date(2027, 3, 1), True)


def test_at_this_pace_it_is_used_up_before() -> None:
    found = pace(left_yen=40_000, used_yen=160_000, first_day=APRIL, last_day=END, on=date(2026, 7, 15))

    assert (found.lasts_until, found.reaches_the_end) == (date(2026, 8, 1), False)


@pytest.mark.parametrize(
    ("left_yen", "on", "months", "per_month_yen"),
    [
        (10_000, END, 1, 10_000),
        (99, date(2027, 3, 1), 1, 99),
        (0, APRIL, 12, 0),
        (10_000, date(2027, 4, 1), 0, 0),
    ],
)
def test_the_edges(left_yen: int, on: date, months: int, per_month_yen: int) -> None:
    found = pace(left_yen=left_yen, used_yen=5_000, first_day=APRIL, last_day=END, on=on)

    assert (found.months, found.per_month_yen) == (months, per_month_yen)


def test_one_yen_of_use_does_not_run_out_of_the_calendar() -> None:
    found = pace(left_yen=199_999, used_yen=1, first_day=APRIL, last_day=END, on=APRIL)

    assert found.reaches_the_end
    assert later_month(date(2026, 12, 31), 1) == date(2027, 1, 1)
