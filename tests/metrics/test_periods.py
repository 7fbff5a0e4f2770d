"""metrics/periods.py: whoever reads the page every day learns of nothing that stands for few children.

The property test gives the i-th use 4^i yen, so that each figure says by its own digits which uses it
sums. What the figures of all days together give away is then a question of linear algebra.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from metrics import periods
from metrics.periods import FEWEST_SCHOOLS, Cell, Period, Sum, add_up, last_published, publish
from tests.metrics.test_suppress import rank

KINDS = ["juku", "tutor", "npo"]
FIRST = date(2026, 4, 1)


@dataclass(frozen=True)
class Use:
    """One use, and the month in which it was taken back again, if it was."""

    child: int
    school: int
    month: int
    back: int | None

    @property
    def kind(self) -> str:
        return KINDS[self.school % len(KINDS)]


def month(number: int) -> date:
    return date(2026 + (number + 3) // 12, (number + 3) % 12 + 1, 1)


def cells(uses: list[Use], yen: list[int], until: int, k: int) -> list[tuple[date, dict[str, Cell]]]:
    """What the database answers at the end of month `until`; test_gift_story.py holds the two together."""
    net: dict[tuple[int, str, int], list[int]] = defaultdict(lambda: [0, 0])
    schools: dict[tuple[int, str, int], set[int]] = defaultdict(set)
    for use, amount in zip(uses, yen, strict=True):
        for at, sign in ((use.month, 1), (use.back, -1)):
            if at is not None and at <= until:
                place = (at, use.kind, use.child)
                net[place][0] += sign * amount
                net[place][1] += sign
                schools[place].add(use.school)
    found: dict[int, dict[str, Cell]] = defaultdict(dict)
    by_cell: dict[tuple[int, str], list[tuple[int, int, int, set[int]]]] = defaultdict(list)
    for (at, kind, child), (amount, times) in net.items():
        if amount:
            by_cell[at, kind].append((child, amount, times, schools[at, kind, child]))
    for (at, kind), rows in by_cell.items():
        first = sorted(rows, key=lambda row: row[1] <= 0)[:k]
        seen = sorted(set().union(*({min(row[3]), max(row[3])} for row in rows)))[:FEWEST_SCHOOLS]
        found[at][kind] = Cell(
            sum(row[1] for row in rows),
            sum(row[2] for row in rows),
            {row[0]: row[1] for row in first},
            frozenset(seen),
        )
    if not found:
        return []
    return [(month(at), found.get(at, {})) for at in range(min(found), until + 1)]


def figures(published: list[Period]) -> set[int]:
    """Every figure in yen that a page may draw from what was published."""
    totals = add_up(published, KINDS)
    seen = {totals.total.yen, totals.together.yen}
    seen |= {one.yen for one in totals.by_kind.values() if one is not None}
    for period in published:
        parts = [period.of(kind) for kind in KINDS]
        seen |= {period.total.yen, *(part.yen for part in parts if part is not None)}
    return seen - {0}


def digits(figure: int, length: int) -> list[int]:
    """The balanced digits to base 4: which uses the figure adds (1) or takes off (-1)."""
    answer = []
    for _ in range(length):
        digit = (figure + 1) % 4 - 1
        answer.append(digit)
        figure = (figure - digit) // 4
    assert figure == 0
    return answer


uses_of_a_fund = some.lists(
    some.builds(
        lambda child, school, at, later: Use(child, school, at, None if later is None else at + later),
        some.integers(0, 11),
        some.integers(0, 8),
        some.integers(0, 4),
        some.one_of(some.none(), some.none(), some.none(), some.integers(0, 2)),
    ),
    max_size=45,
)


def read_every_month(uses: list[Use], k: int) -> list[list[int]]:
    """What someone has read who saw the page in every month: each figure as the uses in it."""
    yen = [4**place for place in range(len(uses))]
    seen: set[int] = set()
    for until in range(8):
        seen |= figures(publish(cells(uses, yen, until, k), KINDS, k))
    return [digits(figure, len(uses)) for figure in sorted(seen)]


def children_in(vector: list[int], uses: list[Use]) -> int:
    return len({use.child for use, factor in zip(uses, vector, strict=True) if factor})


def leaks(uses: list[Use], k: int) -> list[str]:
    """What follows from all that was read although it stands for 1 to k - 1 children."""
    known = read_every_month(uses, k)
    found = [f"a figure of {children_in(v, uses)}" for v in known if 0 < children_in(v, uses) < k]
    for one, other in combinations(known, 2):
        difference = [a - b for a, b in zip(one, other, strict=True)]
        if 0 < children_in(difference, uses) < k:
            found.append(f"a difference of {children_in(difference, uses)}")
    whole = rank(known)
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, use in enumerate(uses):
        for name in (("child", use.child), ("month", use.month), ("kind", use.kind), ("school", use.school)):
            groups[name].append(place)
        groups["cell", use.month, use.kind].append(place)
    for name, places in groups.items():
        wanted = [int(place in places) for place in range(len(uses))]
        if children_in(wanted, uses) < k and known and rank([*known, wanted]) == whole:
            found.append(f"{name} follows")
    return found


@settings(max_examples=300, deadline=None)
@given(uses_of_a_fund, some.integers(2, 5))
def test_no_figures_of_any_days_give_few_children_away(uses: list[Use], k: int) -> None:
    assert leaks(uses, k) == []


@settings(max_examples=100, deadline=None)
@given(uses_of_a_fund, some.integers(2, 5))
def test_what_was_published_never_changes(uses: list[Use], k: int) -> None:
    yen = [1000 + place for place in range(len(uses))]
    told = [publish(cells(uses, yen, until, k), KINDS, k) for until in range(8)]
    for before, after in pairwise(told):
        assert after[: len(before)] == before


@settings(max_examples=100, deadline=None)
@given(uses_of_a_fund, some.integers(2, 5))
def test_periods_and_parts_add_up(uses: list[Use], k: int) -> None:
    published = publish(cells(uses, [1000] * len(uses), 7, k), KINDS, k)
    totals = add_up(published, KINDS)
    assert totals.total.yen == sum(period.total.yen for period in published)
    open_yen = sum(one.yen for one in totals.by_kind.values() if one is not None)
    assert open_yen + totals.together.yen == totals.total.yen
    for before, after in pairwise(published):
        assert after.first == month((before.last.year - 2026) * 12 + before.last.month - 3)


def everyone(children: range, school: int, at: int = 0) -> list[Use]:
    return [Use(child, school, at, None) for child in children]


@pytest.mark.parametrize(
    ("guard", "uses"),
    [
        # Three children more a month later: with every month by itself their month is read off.
        (
            "months",
            everyone(range(6), 0) + everyone(range(6), 3) + everyone(range(6), 6) + [Use(9, 0, 1, None)],
        ),
        # One child at another kind of school: with every kind by itself it is read off.
        (
            "kinds",
            everyone(range(6), 0) + everyone(range(6), 3) + everyone(range(6), 6) + [Use(9, 1, 0, None)],
        ),
        # The same child is the only one hidden: the total less the others is that child.
        (
            "others",
            everyone(range(6), 0) + everyone(range(6), 3) + everyone(range(6), 6) + [Use(9, 1, 0, None)],
        ),
    ],
)
def test_the_property_sees_what_each_guard_prevents(
    monkeypatch: pytest.MonkeyPatch, guard: str, uses: list[Use]
) -> None:
    """Negative control: with one guard taken out, the same reader learns what few did."""
    assert leaks(uses, 5) == []
    if guard == "months":
        monkeypatch.setattr(periods.Cell, "stands_for", 99)
    elif guard == "kinds":
        monkeypatch.setattr(periods, "_may_stand", lambda cell, k: True)
    else:
        monkeypatch.setattr(
            periods, "_apart", lambda of, k: {kind: one for kind, one in of.items() if one.stands_for >= k}
        )
    assert leaks(uses, 5) != []


def cell(children: range, schools: int = 3, yen: int = 1000) -> Cell:
    return Cell(yen * len(children), len(children), dict.fromkeys(children, yen), frozenset(range(schools)))


def test_a_month_with_few_children_waits_for_the_next() -> None:
    months = [(month(0), {"juku": cell(range(4))}), (month(1), {"juku": cell(range(4, 10))})]
    assert publish(months[:1], KINDS, 10) == []
    (only,) = publish(months, KINDS, 10)
    assert (only.first, only.last, only.total) == (month(0), month(1), Sum(10_000, 10))


def test_the_same_few_children_do_not_become_more_by_waiting() -> None:
    months = [(month(at), {"juku": cell(range(9))}) for at in range(6)]
    assert publish(months, KINDS, 10) == []


def test_a_month_in_which_nothing_happened_is_a_zero_but_not_at_the_beginning() -> None:
    months = [(month(0), {}), (month(1), {"juku": cell(range(10))}), (month(2), {})]
    told = publish(months, KINDS, 10)
    assert [(one.first, one.total.yen) for one in told] == [(month(1), 10_000), (month(2), 0)]


def test_a_kind_with_one_school_stands_together_with_another() -> None:
    of = {"juku": cell(range(30), 5), "tutor": cell(range(12), 4), "npo": cell(range(11), 1)}
    (only,) = publish([(month(0), of)], KINDS, 10)
    assert only.hidden == {"npo"} | {"tutor"}
    assert only.of("juku") == Sum(30_000, 30)
    assert add_up([only], KINDS).together == Sum(23_000, 23)


def test_where_there_is_only_one_school_no_kind_is_named() -> None:
    (only,) = publish([(month(0), {"npo": cell(range(20), 1)})], KINDS, 10)
    assert only.total == Sum(20_000, 20)
    assert only.hidden == set(KINDS)


def test_a_use_taken_back_hides_nobody() -> None:
    of = {"juku": Cell(9_000, 9, {**dict.fromkeys(range(9), 1000), 9: -1000}, frozenset(range(3)))}
    assert publish([(month(0), of)], KINDS, 10) == []


@pytest.mark.parametrize(
    ("on", "first_not_in"),
    [
        (date(2027, 3, 31), date(2027, 3, 1)),
        (date(2027, 3, 2), date(2027, 3, 1)),
        (date(2027, 3, 1), date(2027, 2, 1)),
        (date(2027, 1, 1), date(2026, 12, 1)),
        (date(2027, 2, 1), date(2027, 1, 1)),
    ],
)
def test_a_month_is_read_from_the_second_day_of_the_next(on: date, first_not_in: date) -> None:
    assert last_published(on) == first_not_in
    assert last_published(on + timedelta(days=0)) <= on
