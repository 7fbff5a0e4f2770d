"""Codes, yen, Japanese input, days."""

import random
from datetime import UTC, date, datetime

import pytest

from kernel.clock import day_of, fiscal_year, months_left
from kernel.codes import ALPHABET, check_character, new_code, read_code, shown
from kernel.japanese import is_katakana, typed_code, typed_number
from kernel.municipality import is_municipality_code
from kernel.yen import share_yen


def test_every_single_mistyped_character_is_caught() -> None:
    code = new_code()
    for place in range(len(code)):
        for other in ALPHABET.replace(code[place], ""):
            assert read_code(code[:place] + other + code[place + 1 :]) is None


def test_nearly_all_swaps_of_neighbours_are_caught() -> None:
    letters = random.Random(1)
    missed = tried = 0
    for _ in range(300):
        body = "".join(letters.choice(ALPHABET) for _ in range(11))
        code = body + check_character(body)
        for place in range(11):
            if code[place] != code[place + 1]:
                swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
                tried += 1
                missed += read_code(swapped) is not None
    assert missed / tried < 0.01


def test_codes_are_read_as_people_type_them() -> None:
    code = "0" * 11 + check_character("0" * 11)
    assert read_code(typed_code("ｏｏｏｏ－oooo ｰ ＯＯＯ" + code[-1].lower())) == code
    assert shown("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("１２，０００円", "12000"),
        ("12,000", "12000"),
        ("¥500", "500"),
        (" 500 ", "500"),
        ("５百", "5百"),
        ("-5", "-5"),
    ],
)
def test_amounts_are_read_as_people_type_them(typed: str, number: str) -> None:
    assert typed_number(typed) == number


def test_katakana() -> None:
    assert is_katakana("ヤマダ ハナコ")
    assert is_katakana("キャサリン・オー")
    assert not is_katakana("やまだ")
    assert not is_katakana("")


@pytest.mark.parametrize("code", ["131130", "131121", "121002", "271004", "401307", "122343", "011002"])
def test_municipality_codes_pass_their_check(code: str) -> None:
    assert is_municipality_code(code)
    assert not is_municipality_code(code[:5] + str((int(code[5]) + 1) % 10))


def test_shares_never_exceed_the_whole() -> None:
    assert share_yen(999, 200) == 199
    with pytest.raises(ValueError, match="per mille"):
        share_yen(1, 1001)


def test_days_are_japanese_days() -> None:
    assert day_of(datetime(2027, 3, 31, 14, 59, tzinfo=UTC)) == date(2027, 3, 31)
    assert day_of(datetime(2027, 3, 31, 15, 0, tzinfo=UTC)) == date(2027, 4, 1)
    assert fiscal_year(date(2027, 3, 31)) == 2026
    assert fiscal_year(date(2027, 4, 1)) == 2027


@pytest.mark.parametrize(
    ("first", "months"),
    [
        (date(2026, 4, 1), 12),
        (date(2026, 4, 30), 12),
        (date(2026, 5, 1), 11),
        (date(2027, 3, 31), 1),
        (date(2027, 4, 1), 0),
    ],
)
def test_months_left_count_the_month_one_is_in(first: date, months: int) -> None:
    assert months_left(first, date(2027, 3, 31)) == months
