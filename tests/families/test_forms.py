"""families.forms: what Japanese keyboards type is understood, and days that do not exist are not."""

from datetime import date

import pytest

from families.forms import ChildForm, typed_day

TYPED = {"child_name": "𠮷邉 髙﨑", "child_kana": "ヤマダ ハナコ", "nickname": "はな", "born": "2012-04-02"}


@pytest.mark.parametrize(
    "text",
    [
        "2012-04-02", "2012/4/2", "2012.4.2", "２０１２／４／２", "２０１２ー４ー２", "2012年4月2日", "２０１２年 ４月 ２日",
        "20120402", "２０１２０４０２", "平成24年4月2日", "平成２４年４月２日", "H24.4.2", "h24/4/2", "Ｈ２４．４．２",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert typed_day(text) == date(2012, 4, 2)


def test_the_first_year_of_an_era_is_gannen() -> None:
    assert typed_day("令和元年5月1日") == date(2019, 5, 1)
    assert typed_day("昭和64年1月7日") == date(1989, 1, 7)


@pytest.mark.parametrize(
    "text",
    ["", "きょう", "2012-02-30", "2012-13-01", "12-4-2", "2012", "平成2012年4月2日", "0000-1-1", "2012-4"],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert typed_day(text) is None


def test_names_stay_as_typed_and_kana_become_katakana() -> None:
    form = ChildForm({**TYPED, "child_kana": "ﾔﾏﾀﾞ　はなこ", "born": "平成２４年４月２日"})

    assert form.is_valid(), form.errors
    child = form.facts()["child"]
    assert (child.name, child.kana, child.birth_date) == ("𠮷邉 髙﨑", "ヤマダ ハナコ", date(2012, 4, 2))


@pytest.mark.parametrize("field", ["child_name", "child_kana", "nickname", "born"])
def test_each_missing_field_is_said_at_the_field(field: str) -> None:
    form = ChildForm({**TYPED, field: " "})

    assert list(form.errors) == [field]
