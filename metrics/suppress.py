"""Disclosure control (秘匿): hide small cells, and those by which they could be worked out again.

A cell is small when it stands for 1 to k - 1 children. A total is public as long as it is not small
itself, so a hidden cell beside shown ones would be a subtraction away: others are hidden with it.
What is hidden is decided on counts of children; the same mask then covers yen.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

Cell = tuple[int, int]
# A zero tells little when shown and protects little when hidden, so it is taken last.
COST_OF_ZERO = 10**9


def is_small(children: int, k: int) -> bool:
    """Whether a cell must be hidden by itself."""
    return 0 < children < k


@dataclass(frozen=True)
class HiddenList:
    """Which cells of a list are hidden, and whether its total is."""

    cells: frozenset[int]
    total: bool


@dataclass(frozen=True)
class HiddenTable:
    """Hidden cells as (row, column). Row `rows` holds the column totals, column `columns` the row totals."""

    rows: int
    columns: int
    cells: frozenset[Cell]


def suppress_list(children: Sequence[int], k: int, total: int | None = None) -> HiddenList:
    """Mask of a list whose total stands below it.

    children  counts of children, zero or more
    k         the smallest count that may be shown (Program.small_cell)
    total     children of the whole list where one child may stand in several cells (months); the
              hidden ones then hold one cell of k or more, because a sum of counts proves nothing
    Returns at least two hidden cells or none (the total counts as one), and the hidden ones together
    stand for k children or more, unless the total is hidden too or they are all there is.
    """
    hidden = {place for place, count in enumerate(children) if is_small(count, k)}
    total_is_small = is_small(sum(children) if total is None else total, k)
    if not hidden or total_is_small:
        return HiddenList(frozenset(hidden), total_is_small)
    stands_for = sum if total is None else max
    open_ones = [(count, place) for place, count in enumerate(children) if count >= k]
    heapq.heapify(open_ones)
    while open_ones and stands_for(children[place] for place in hidden) < k:  # one small cell is never enough
        hidden.add(heapq.heappop(open_ones)[1])
    return HiddenList(frozenset(hidden), len(hidden) < 2)


def suppress_table(children: Sequence[Sequence[int]], k: int) -> HiddenTable:
    """Mask of a table with row totals, column totals and a grand total.

    Cells and totals together are the edges of a graph between rows and columns; sums determine a
    hidden cell exactly when its edge is in no circle of hidden edges. So each hidden cell gets the
    cheapest circle, and lines whose hidden cells stand for fewer than k children get one more.
    """
    full = _with_totals(children)
    hidden = {
        (row, column)
        for row, line in enumerate(full)
        for column, count in enumerate(line)
        if is_small(count, k)
    }
    is_settled = False
    while not is_settled:
        loose = next(
            (cell for cell in sorted(hidden) if not _way_around(full, hidden, cell, free=True)), None
        )
        if loose is not None:
            hidden |= set(_way_around(full, hidden, loose, free=False))
            continue
        more = _thin_line(full, hidden, k)
        is_settled = more is None
        if more is not None:
            hidden.add(more)
    return HiddenTable(len(children), len(full[0]) - 1, frozenset(hidden))


def _with_totals(children: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*line, sum(line)] for line in children]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def _way_around(full: list[list[int]], hidden: set[Cell], cell: Cell, *, free: bool) -> list[Cell]:
    """The cheapest way from the cell's row to its column that avoids the cell; [] when there is none.

    free  only along hidden cells; otherwise shown ones may be taken at the cost of their children
    """
    rows, columns = len(full), len(full[0])
    start, goal = cell[0], rows + cell[1]  # nodes: rows first, then columns
    best: dict[int, int] = {start: 0}
    came: dict[int, int] = {}
    queue = [(0, start)]
    while queue:
        cost, node = heapq.heappop(queue)
        if node == goal:
            return _edges(came, start, goal, rows)
        if cost > best[node]:
            continue
        for other in range(rows, rows + columns) if node < rows else range(rows):
            edge = (node, other - rows) if node < rows else (other, node - rows)
            if edge == cell or (free and edge not in hidden):
                continue
            price = cost + (0 if edge in hidden else full[edge[0]][edge[1]] or COST_OF_ZERO)
            if price < best.get(other, price + 1):
                best[other], came[other] = price, node
                heapq.heappush(queue, (price, other))
    return []


def _edges(came: dict[int, int], start: int, goal: int, rows: int) -> list[Cell]:
    found = []
    node = goal
    while node != start:
        before = came[node]
        found.append((node, before - rows) if node < rows else (before, node - rows))
        node = before
    return found


def _thin_line(full: list[list[int]], hidden: set[Cell], k: int) -> Cell | None:
    """A cell to hide in a line whose total is shown and whose hidden cells are fewer than k together."""
    rows, columns = len(full) - 1, len(full[0]) - 1
    lines = [[(row, column) for column in range(columns)] + [(row, columns)] for row in range(rows + 1)]
    lines += [[(row, column) for row in range(rows)] + [(rows, column)] for column in range(columns + 1)]
    for *cells, total in lines:
        dark = [cell for cell in cells if cell in hidden]
        if not dark or total in hidden or sum(full[row][column] for row, column in dark) >= k:
            continue
        shown = [(full[row][column], (row, column)) for row, column in cells if (row, column) not in hidden]
        positive = [pair for pair in shown if pair[0] > 0]
        if positive:
            return min(positive)[1]
        return total  # only zeros are left: the total is what gives the small sum away
    return None


@dataclass(frozen=True)
class Share:
    """A percentage, or the band in which it lies when an exact one would count few children.

    low, high  whole per cent, low rounded down and high rounded up; equal: nothing is hidden
    """

    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        """One figure, not a band."""
        return self.low == self.high


def share(part: int, whole: int, k: int) -> Share | None:
    """`part` of `whole` children in per cent; None when there is no whole or it is small itself.

    Fewer than k on either side, none included, become a band: 0 % says something of every child too.
    """
    if whole < k or not 0 <= part <= whole:
        return None
    if part < k:
        return Share(0, -(-(k - 1) * 100 // whole))
    if whole - part < k:
        return Share((whole - k + 1) * 100 // whole, 100)
    exact = (part * 200 + whole) // (2 * whole)
    return Share(exact, exact)
