"""A year's rules about the money, read from their row and checked: plain values, nothing here asks or writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from coupons.errors import CapTooSmall, GradeNotOffered, RulesNotInOrder, WindowOutsideYear
from coupons.models import Category, UseRules
from kernel.clock import months_left
from programs.models import ProgramYear


@dataclass(frozen=True, order=True)
class Amount:
    """What a child in one of these grades gets for a full year. Grades are counted through, inclusive."""

    from_grade: int
    to_grade: int
    yen: int


@dataclass(frozen=True, order=True)
class Window:
    """Days, inclusive, in which at most `yen` may be used."""

    first_day: date
    last_day: date
    yen: int


@dataclass(frozen=True, kw_only=True)
class Rules:
    """See UseRules. Without windows the whole coupon may be used on any of its days."""

    amounts: Sequence[Amount] = ()
    windows: Sequence[Window] = ()
    carries_over: bool = False
    categories: Sequence[str] = tuple(Category.values)
    per_use_yen: int | None = None
    per_day_yen: int | None = None


def newest_rules(year: ProgramYear) -> UseRules | None:
    """The version that holds for coupons issued from now on; None while none was set."""
    found: UseRules | None = UseRules.objects.filter(year=year).order_by("-version").first()
    return found


def read_rules(row: UseRules | None) -> Rules:
    """The rules of a row. No row: no rules beyond the year's face value and last day."""
    if row is None:
        return Rules()
    return Rules(
        amounts=[Amount(one["from"], one["to"], one["yen"]) for one in row.amounts],
        windows=[
            Window(date.fromisoformat(one["first"]), date.fromisoformat(one["last"]), one["yen"])
            for one in row.windows
        ],
        carries_over=row.carries_over,
        categories=row.categories,
        per_use_yen=row.per_use_yen,
        per_day_yen=row.per_day_yen,
    )


def columns_of(rules: Rules) -> dict[str, Any]:
    """The columns of UseRules that say the same as `rules`, in order of grade, day and category."""
    return {
        "amounts": [
            {"from": one.from_grade, "to": one.to_grade, "yen": one.yen} for one in sorted(rules.amounts)
        ],
        "windows": [
            {"first": one.first_day.isoformat(), "last": one.last_day.isoformat(), "yen": one.yen}
            for one in sorted(rules.windows)
        ],
        "carries_over": rules.carries_over,
        "categories": [name for name in Category.values if name in rules.categories],
        "per_use_yen": rules.per_use_yen,
        "per_day_yen": rules.per_day_yen,
    }


def check_rules(rules: Rules, year: ProgramYear) -> None:
    """Whether the rules can be meant. Raises RulesNotInOrder, WindowOutsideYear, CapTooSmall.

    With windows the windows alone say the amount, so amounts by grade beside them are refused.
    """
    if not rules.categories or not set(rules.categories) <= set(Category.values):
        raise RulesNotInOrder
    if rules.amounts and rules.windows:
        raise RulesNotInOrder
    spans = [(one.from_grade, one.to_grade) for one in sorted(rules.amounts)]
    days = [(one.first_day.toordinal(), one.last_day.toordinal()) for one in sorted(rules.windows)]
    if not _in_order(spans) or not _in_order(days):
        raise RulesNotInOrder
    amounts_yen = [one.yen for one in rules.amounts] + [one.yen for one in rules.windows]
    if any(yen < 1 for yen in amounts_yen):
        raise RulesNotInOrder
    if any(one.first_day < year.first_day or one.last_day > year.last_day for one in rules.windows):
        raise WindowOutsideYear(first_day=year.first_day, last_day=year.last_day)
    caps = [cap for cap in (rules.per_use_yen, rules.per_day_yen) if cap is not None]
    if any(cap < 1 for cap in caps) or (len(caps) == 2 and caps[0] > caps[1]):
        raise CapTooSmall


def _in_order(spans: Iterable[tuple[int, int]]) -> bool:
    """Each ends where it begins or later, and before the next one begins."""
    before = None
    for first, last in spans:
        if last < first or (before is not None and first <= before):
            return False
        before = last
    return True


def face_yen_of(year: ProgramYear, rules: Rules, *, grade: int, on: date) -> int:
    """What a coupon issued on the Japanese day `on` to a child of that grade is worth, in yen.

    With windows: the sum of those that are not over. Else the amount of the grade, or the year's where no
    grades are named; pro-rated by calendar months (a twelfth, yen below one dropped, for each month from the
    month of issue, or of the year's first day when that is later, to the last day's).
    Raises GradeNotOffered.
    """
    if rules.windows:
        return sum(one.yen for one in rules.windows if one.last_day >= on)
    full_yen = year.face_yen
    if rules.amounts:
        fitting = [one.yen for one in rules.amounts if one.from_grade <= grade <= one.to_grade]
        if not fitting:
            raise GradeNotOffered
        full_yen = fitting[0]
    if not year.is_prorated:
        return full_yen
    return full_yen // 12 * months_left(max(on, year.first_day), year.last_day)


def amounts_on(year: ProgramYear, rules: Rules, on: date) -> list[tuple[int, int, int]]:
    """(first grade, last grade, yen) of coupons issued on that day; grades 0 to 0 stand for every grade."""
    if not rules.amounts:
        return [(0, 0, face_yen_of(year, rules, grade=0, on=on))]
    return [
        (one.from_grade, one.to_grade, face_yen_of(year, rules, grade=one.from_grade, on=on))
        for one in sorted(rules.amounts)
    ]


def still_usable_yen(rules: Rules, on: date) -> int | None:
    """What windows of today and later add up to; more than that on a coupon has run out. None: no such rule.

    Rules that carry over let nothing run out before the last day.
    """
    if not rules.windows or rules.carries_over:
        return None
    return sum(one.yen for one in rules.windows if one.last_day >= on)


def monthly(year: ProgramYear, yen: int, *, pooled: Sequence[tuple[int, int]] = ()) -> list[Window]:
    """One window for each calendar month of the year; `pooled` pairs of months share one of double the yen.

    Osaka: 10,000 yen a month, July with August and December with January (domain.md 1.1).
    """
    first_of = {first for first, _second in pooled}
    second_of = {second for _first, second in pooled}
    found: list[Window] = []
    day = year.first_day
    while day <= year.last_day:
        months = 2 if day.month in first_of else 1
        if day.month not in second_of or not found:
            found.append(Window(day, min(_before(day, months), year.last_day), yen * months))
        day = _next(day, 1)
    return found


def _next(day: date, months: int) -> date:
    """The first day of the month that is `months` later."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _before(day: date, months: int) -> date:
    return date.fromordinal(_next(day, months).toordinal() - 1)
