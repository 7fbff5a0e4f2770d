"""metrics/suppress.py, held against linear algebra: no published sum gives a hidden cell away."""

import random
from fractions import Fraction
from itertools import product

import pytest

from metrics import suppress
from metrics.suppress import HiddenList, Share, share, suppress_list, suppress_table

K = 10


def rank(rows):
    """Rank of a matrix of whole numbers, exact."""
    rows = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(len(rows)):
            if i != found and rows[i][column]:
                factor = rows[i][column] / rows[found][column]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


def determined(equations, hidden):
    """Hidden cells whose value follows from the equations and the shown cells.

    equations  each a dict of cell to factor, which sums to zero over the true table
    """
    hidden = sorted(hidden)
    matrix = [[equation.get(cell, 0) for cell in hidden] for equation in equations]
    whole = rank(matrix)
    return [
        cell
        for place, cell in enumerate(hidden)
        if rank([*matrix, [int(i == place) for i in range(len(hidden))]]) == whole
    ]


def list_equations(length):
    return [{**dict.fromkeys(range(length), 1), length: -1}]


def table_equations(rows, columns):
    lines = [{(r, c): -1 if c == columns else 1 for c in range(columns + 1)} for r in range(rows + 1)]
    return lines + [{(r, c): -1 if r == rows else 1 for r in range(rows + 1)} for c in range(columns + 1)]


def random_table(dice):
    rows, columns = dice.randint(1, 6), dice.randint(1, 6)
    high = dice.choice([3, 12, 30, 200])
    return [[dice.choice([0, dice.randint(0, high)]) for _ in range(columns)] for _ in range(rows)]


def hidden_cells(mask, length):
    return set(mask.cells) | ({length} if mask.total else set())


def test_no_hidden_cell_of_1000_lists_is_determined():
    dice = random.Random(1)
    for _ in range(1000):
        counts = [dice.choice([0, dice.randint(0, dice.choice([12, 80]))]) for _ in range(dice.randint(1, 9))]
        k = dice.choice([5, 10, 30])
        mask = suppress_list(counts, k)
        hidden = hidden_cells(mask, len(counts))
        assert {i for i, count in enumerate(counts) if 0 < count < k} <= mask.cells, counts
        assert determined(list_equations(len(counts)), hidden) == [], counts
        assert mask.total or not mask.cells or sum(counts[i] for i in mask.cells) >= k, counts


def test_no_hidden_cell_of_1000_tables_is_determined():
    dice = random.Random(2)
    for _ in range(1000):
        table = random_table(dice)
        k = dice.choice([5, 10, 30])
        mask = suppress_table(table, k)
        full = [[*line, sum(line)] for line in table]
        full.append([sum(column) for column in zip(*full, strict=True)])
        small = {(r, c) for r, line in enumerate(full) for c, n in enumerate(line) if 0 < n < k}
        assert small <= mask.cells, table
        assert determined(table_equations(len(table), len(table[0])), mask.cells) == [], table
        check_lines(full, mask, k)


def check_lines(full, mask, k):
    """Where a line's total is shown, what is hidden in it is nothing or k children or more."""
    rows, columns = mask.rows, mask.columns
    for row in range(rows + 1):
        dark = [full[row][c] for c in range(columns) if (row, c) in mask.cells]
        assert len(dark) != 1 or (row, columns) in mask.cells
        assert (row, columns) in mask.cells or not dark or sum(dark) >= k, full
    for column in range(columns + 1):
        dark = [full[r][column] for r in range(rows) if (r, column) in mask.cells]
        assert len(dark) != 1 or (rows, column) in mask.cells
        assert (rows, column) in mask.cells or not dark or sum(dark) >= k, full


def test_the_rank_test_itself_sees_a_leak():
    """Negative control: hiding the small cells alone is found out, in lists and in tables."""
    assert determined(list_equations(3), {0}) == [0]
    assert determined(table_equations(2, 2), {(0, 0), (0, 1)}) == [(0, 0), (0, 1)]
    two_circles_and_a_bridge = {(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (3, 2), (3, 3)}
    assert determined(table_equations(4, 4), two_circles_and_a_bridge) == [(1, 2)]


def test_a_bridge_between_two_circles_is_closed():
    """Each line has two hidden cells or none, and still one cell would follow: the counting rule is not enough."""
    cells = {(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (3, 2), (3, 3)}
    table = [[4 if (r, c) in cells else 40 for c in range(4)] for r in range(4)]
    mask = suppress_table(table, K)
    assert cells < mask.cells
    assert determined(table_equations(4, 4), mask.cells) == []


@pytest.mark.parametrize(
    ("counts", "mask"),
    [
        ([20, 30, 40], HiddenList(frozenset(), False)),
        ([9, 30, 40], HiddenList(frozenset({0, 1}), False)),  # the next smallest goes with it
        ([2, 3, 40], HiddenList(frozenset({0, 1, 2}), False)),  # 5 together would still be few
        ([9, 9, 40], HiddenList(frozenset({0, 1}), False)),
        ([0, 0, 40], HiddenList(frozenset(), False)),
        ([3, 0, 0], HiddenList(frozenset({0}), True)),  # the total is the cell
        ([10, 10], HiddenList(frozenset(), False)),
        ([], HiddenList(frozenset(), False)),
    ],
)
def test_lists_of_known_answer(counts, mask):
    assert suppress_list(counts, K) == mask


def test_months_share_children_so_one_full_month_is_hidden_with_them():
    """5 and 5 may be the same five children: their sum would be theirs alone."""
    assert suppress_list([5, 5, 40, 50], K).cells == {0, 1}
    assert suppress_list([5, 5, 40, 50], K, total=52).cells == {0, 1, 2}
    assert suppress_list([5, 5], K, total=5) == HiddenList(frozenset({0, 1}), True)
    assert suppress_list([6, 6], K, total=12) == HiddenList(frozenset({0, 1}), False)  # the sum is the total


def test_nothing_small_hides_nothing():
    assert suppress_table([[10, 20], [30, 40]], K).cells == frozenset()
    assert suppress_table([[0, 20], [30, 0]], K).cells == frozenset()


@pytest.mark.parametrize(
    ("part", "whole", "answer"),
    [
        (45, 90, Share(50, 50)),
        (9, 90, Share(0, 10)),
        (0, 90, Share(0, 10)),
        (85, 90, Share(90, 100)),
        (90, 90, Share(90, 100)),
        (44, 54, Share(81, 81)),
        (3, 9, None),
        (0, 0, None),
        (11, 10, None),
    ],
)
def test_shares_are_bands_where_few_are_counted(part, whole, answer):
    assert share(part, whole, K) == answer


def test_every_band_holds_the_truth_and_k_children_could_stand_anywhere_in_it():
    for whole, part in product(range(K, 120), range(120)):
        found = share(part, whole, K) if part <= whole else None
        if found and not found.is_exact:
            assert found.low <= part * 100 / whole <= found.high
            inside = [n for n in range(whole + 1) if found.low <= n * 100 / whole <= found.high]
            assert len(inside) >= K


def test_the_masks_protect_because_of_the_circles(monkeypatch):
    """With the search for circles taken out, the same tables leak."""
    monkeypatch.setattr(suppress, "_way_around", lambda *args, **more: [(0, 0)])
    monkeypatch.setattr(suppress, "_thin_line", lambda *args: None)
    mask = suppress_table([[3, 40], [40, 40]], K)
    assert determined(table_equations(2, 2), mask.cells) == [(0, 0)]
