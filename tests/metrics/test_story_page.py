"""metrics/story_page.py: how months are named, and when the next figures come."""

from datetime import date

import pytest
from django.utils.translation import override

from metrics.periods import NONE, Period
from metrics.story_page import next_figures_on, period_name, short_name


def period(first: date, last: date) -> Period:
    return Period(first, last, NONE, {}, frozenset())


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [("ja", "2026年4月〜2027年1月", "4〜1月"), ("en", "April 2026 – January 2027", "Apr–Jan")],
)
def test_several_months_are_named_as_one(language: str, long: str, short: str) -> None:
    with override(language):
        joined = period(date(2026, 4, 1), date(2027, 1, 1))
        assert (period_name(joined), short_name(joined)) == (long, short)


@pytest.mark.parametrize(
    ("language", "long", "short"), [("ja", "2026年4月", "4月"), ("en", "April 2026", "Apr")]
)
def test_one_month_is_named_by_itself(language: str, long: str, short: str) -> None:
    with override(language):
        one = period(date(2026, 4, 1), date(2026, 4, 1))
        assert (period_name(one), short_name(one)) == (long, short)


@pytest.mark.parametrize(
    ("last_day", "on"),
    [
        (date(2027, 2, 28), date(2027, 4, 2)),
        (date(2026, 11, 30), date(2027, 1, 2)),
        (date(2026, 12, 31), date(2027, 2, 2)),
    ],
)
def test_the_next_figures_come_when_the_running_month_is_complete(last_day: date, on: date) -> None:
    assert next_figures_on(last_day) == on
