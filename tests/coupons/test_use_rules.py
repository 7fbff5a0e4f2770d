"""coupons.use_rules: a year's rules as values; what a coupon is worth under them."""

from datetime import date

import pytest

from coupons.errors import CapTooSmall, GradeNotOffered, RulesNotInOrder, WindowOutsideYear
from coupons.use_rules import (
    Amount,
    Rules,
    Window,
    amounts_on,
    check_rules,
    face_yen_of,
    monthly,
    still_usable_yen,
)
from programs.models import ProgramYear

OSAKA = ((7, 8), (12, 1))
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


def test_months_that_share_one_amount_become_one_window(year: ProgramYear) -> None:
    windows = monthly(year, 10_000, pooled=OSAKA)

    assert len(windows) == 10
    assert windows[0] == Window(APRIL, date(2026, 4, 30), 10_000)
    assert windows[3] == Window(date(2026, 7, 1), date(2026, 8, 31), 20_000)
    assert windows[7] == Window(date(2026, 12, 1), date(2027, 1, 31), 20_000)
    assert windows[-1] == Window(date(2027, 3, 1), date(2027, 3, 31), 10_000)
    assert sum(one.yen for one in windows) == 120_000
    check_rules(Rules(windows=windows), year)


def test_every_day_of_the_year_lies_in_one_window(year: ProgramYear) -> None:
    windows = monthly(year, 10_000, pooled=OSAKA)

    for ordinal in range(year.first_day.toordinal(), year.last_day.toordinal() + 1):
        day = date.fromordinal(ordinal)
        assert sum(one.first_day <= day <= one.last_day for one in windows) == 1


@pytest.mark.parametrize(
    ("on", "worth"),
    [
        (APRIL, 120_000),
        (date(2026, 4, 30), 120_000),
        (MAY, 110_000),
        (date(2026, 9, 1), 70_000),
        (date(2027, 3, 31), 10_000),
    ],
)
def test_with_windows_a_coupon_is_worth_those_that_are_not_over(
    year: ProgramYear, on: date, worth: int
) -> None:
    rules = Rules(windows=monthly(year, 10_000, pooled=OSAKA))

    assert face_yen_of(year, rules, grade=5, on=on) == worth == still_usable_yen(rules, on)


def test_a_grade_gets_its_amount_and_one_without_is_refused(year: ProgramYear) -> None:
    rules = Rules(amounts=[Amount(9, 9, 300_000), Amount(7, 8, 200_000)])

    assert [face_yen_of(year, rules, grade=grade, on=APRIL) for grade in (7, 8, 9)] == [
        200_000,
        200_000,
        300_000,
    ]
    assert amounts_on(year, rules, APRIL) == [(7, 8, 200_000), (9, 9, 300_000)]
    with pytest.raises(GradeNotOffered):
        face_yen_of(year, rules, grade=6, on=APRIL)


def test_rules_that_carry_over_let_nothing_run_out(year: ProgramYear) -> None:
    assert still_usable_yen(Rules(windows=monthly(year, 10_000), carries_over=True), MAY) is None
    assert still_usable_yen(Rules(), MAY) is None


@pytest.mark.parametrize(
    ("rules", "refusal"),
    [
        (Rules(categories=[]), RulesNotInOrder),
        (Rules(categories=["sweets"]), RulesNotInOrder),
        (Rules(amounts=[Amount(7, 9, 1), Amount(9, 12, 1)]), RulesNotInOrder),
        (Rules(amounts=[Amount(9, 7, 1)]), RulesNotInOrder),
        (Rules(amounts=[Amount(7, 9, 0)]), RulesNotInOrder),
        (Rules(amounts=[Amount(7, 9, 1)], windows=[Window(APRIL, MAY, 1)]), RulesNotInOrder),
        (Rules(windows=[Window(APRIL, MAY, 1), Window(MAY, MAY, 1)]), RulesNotInOrder),
        (Rules(windows=[Window(MAY, APRIL, 1)]), RulesNotInOrder),
        (Rules(windows=[Window(date(2026, 3, 31), MAY, 1)]), WindowOutsideYear),
        (Rules(windows=[Window(MAY, date(2027, 4, 1), 1)]), WindowOutsideYear),
        (Rules(per_use_yen=0), CapTooSmall),
        (Rules(per_use_yen=5_000, per_day_yen=4_999), CapTooSmall),
    ],
)
def test_what_cannot_be_meant_is_refused(year: ProgramYear, rules: Rules, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_rules(rules, year)
