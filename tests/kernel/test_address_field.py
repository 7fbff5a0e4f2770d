"""E-mail addresses as people type them."""

import pytest
from django.core.exceptions import ValidationError

from kernel.address_field import AddressField


def test_full_width_and_capitals_are_understood() -> None:
    assert AddressField().clean(" Ｔａｒｏ＠Example.ＪＰ ") == "taro@example.jp"


def test_an_empty_one_may_stay_empty() -> None:
    assert AddressField(required=False).clean("") == ""


@pytest.mark.parametrize(
    "typed",
    [
        "a" * 250 + "@x.example",  # Django's own field takes 320 characters, the column 254
        f"a@{'İ' * 60}.{'İ' * 60}.com",  # 127 characters, and 247 in lower case
        "taro",
        "a@b@c.example",
        "a\x00@x.example",
    ],
)
def test_what_the_table_cannot_hold_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        AddressField(max_length=200).clean(typed)
