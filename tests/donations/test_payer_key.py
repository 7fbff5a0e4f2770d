"""donations.payer_key: one payer in two writings."""

import pytest

from donations.payer_key import is_same_payer, payer_key


@pytest.mark.parametrize(
    "written",
    [
        "ｶ)ｱｵｿﾞﾗｼｮｳｶｲ",
        "カ）アオゾラショウカイ",
        "カ)アオゾラ　シヨウカイ",
        "振込 ｶ)ｱｵｿﾞﾗｼﾖｳｶｲ",
        "アオゾラシヨウカイ(カ",
        "あおぞらしょうかい",
    ],
)
def test_one_payer_has_one_key(written: str) -> None:
    assert payer_key(written) == "アオゾラシヨウカイ"


def test_long_marks_and_dashes_are_nothing() -> None:
    assert payer_key("ｽ-ﾊﾟ-") == payer_key("スーパー") == payer_key("ス－パ―")


def test_the_forms_of_companies_do_not_part_them_but_names_do() -> None:
    assert payer_key("株式会社みらい") == payer_key("みらい")
    assert payer_key("カ)ミライ") != payer_key("カ)ミドリ")


def test_a_name_cut_off_by_the_bank_is_the_same_only_when_enough_of_it_is_left() -> None:
    assert is_same_payer("アオゾラシヨウカイ", "アオゾラシヨ")
    assert not is_same_payer("アオゾラシヨウカイ", "アオ")
    assert not is_same_payer("", "")
