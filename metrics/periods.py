"""What donors may read of a fund over time: periods that are published once and never finer.

suppress.py hides cells of a table that is seen once. A donor looks every day, and what was added since
yesterday is a table too: few children would stand in it. So the flows of a fund are cut into periods of
whole months, and a period ends only when it stands for k children. Inside a period the kinds that are
too small by themselves stand together. Everything a page shows is a sum of such parts, so no comparison,
not of days, pages, languages or gifts, yields anything finer than one part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

FEWEST_SCHOOLS = 3  # with two, each could subtract itself and read the other's takings


@dataclass(frozen=True)
class Cell:
    """One kind in one month. Children and schools may be cut off at k and at FEWEST_SCHOOLS."""

    yen: int
    times: int
    children: Mapping[int, int] = field(default_factory=dict)  # child -> its net yen in this cell
    schools: frozenset[int] = frozenset()

    def __add__(self, other: "Cell") -> "Cell":
        """Both together."""
        children = dict(self.children)
        for child, yen in other.children.items():
            children[child] = children.get(child, 0) + yen
        return Cell(self.yen + other.yen, self.times + other.times, children, self.schools | other.schools)

    @property
    def stands_for(self) -> int:
        """Children with something left in it; whose use was taken back again hides nobody."""
        return sum(1 for yen in self.children.values() if yen > 0)


NOTHING = Cell(0, 0)
Month = tuple[date, Mapping[str, Cell]]  # its first day, and each kind in which something happened


@dataclass(frozen=True)
class Sum:
    """What may be shown of some cells."""

    yen: int
    times: int

    def __add__(self, other: "Sum") -> "Sum":
        """Both together."""
        return Sum(self.yen + other.yen, self.times + other.times)


NONE = Sum(0, 0)


@dataclass(frozen=True)
class Period:
    """Whole months that are shown as one. `together` holds the kinds that are hidden in it."""

    first: date  # first day of the first month
    last: date  # first day of the last month
    total: Sum
    shown: Mapping[str, Sum]
    hidden: frozenset[str]

    def of(self, kind: str) -> Sum | None:
        """What is shown of a kind; None when it stands together with others."""
        return None if kind in self.hidden else self.shown.get(kind, NONE)


def publish(months: Iterable[Month], kinds: Iterable[str], k: int) -> list[Period]:
    """The periods of `months`, oldest first and without gaps. What came since the last one waits, unseen.

    Only ever grows: a month more changes no period that was shown before. Months in which nothing happened
    stand as zeros, those before the first period do not stand at all.
    """
    every = frozenset(kinds)
    periods: list[Period] = []
    waiting: dict[str, Cell] = {}
    first: date | None = None
    for month, cells in months:
        for kind, cell in cells.items():
            waiting[kind] = waiting.get(kind, NOTHING) + cell
        if not waiting and not periods:
            continue
        first = first or month
        if not waiting or _together(waiting.values()).stands_for >= k:
            periods.append(_period(first, month, waiting, every, k))
            waiting, first = {}, None
    return periods


def _together(cells: Iterable[Cell]) -> Cell:
    return sum(cells, NOTHING)


def _period(first: date, last: date, cells: dict[str, Cell], every: frozenset[str], k: int) -> Period:
    shown, total = _apart(cells, k), _together(cells.values())
    hidden = frozenset(cells) - frozenset(shown)
    # With nothing shown the zeros would say of which kind the total is.
    hidden = every if hidden and not shown else hidden
    sums = {kind: Sum(cell.yen, cell.times) for kind, cell in shown.items()}
    return Period(first, last, Sum(total.yen, total.times), sums, hidden)


def _apart(cells: dict[str, Cell], k: int) -> dict[str, Cell]:
    """The kinds that may stand by themselves. The others together may too, or they are all there is."""
    shown = {kind: cell for kind, cell in cells.items() if _may_stand(cell, k)}
    others = {kind: cell for kind, cell in cells.items() if kind not in shown}
    while others and shown and not _may_stand(_together(others.values()), k):
        least = min(shown, key=lambda kind: (shown[kind].times, kind))
        others[least] = shown.pop(least)
    return shown


def _may_stand(cell: Cell, k: int) -> bool:
    return cell.stands_for >= k and len(cell.schools) >= FEWEST_SCHOOLS


@dataclass(frozen=True)
class Totals:
    """All periods together: what the parts of each add up to, and nothing else."""

    total: Sum
    by_kind: Mapping[str, Sum | None]  # None: hidden in one period at least
    together: Sum  # the hidden ones

    @property
    def hides(self) -> bool:
        """Whether a kind is hidden."""
        return any(one is None for one in self.by_kind.values())


def add_up(periods: list[Period], kinds: Iterable[str]) -> Totals:
    """The sums of all periods."""
    by_kind: dict[str, Sum | None] = {}
    for kind in kinds:
        parts = [period.of(kind) for period in periods]
        known = [part for part in parts if part is not None]
        by_kind[kind] = sum(known, NONE) if len(known) == len(parts) else None
    total = sum((period.total for period in periods), NONE)
    open_ones = sum((one for one in by_kind.values() if one is not None), NONE)
    return Totals(total, by_kind, Sum(total.yen - open_ones.yen, total.times - open_ones.times))


def last_published(on: date) -> date:
    """The first day that is not in the figures yet: the first of this month, on its first day of the last.

    A use of the last minute is in the books a moment after midnight; a month is read when it is complete.
    """
    first = on.replace(day=1)
    if on.day > 1:
        return first
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
