"""families.my_number: 12 digits with the right check digit are an Individual Number."""

import pytest

from families.my_number import holds_my_number, is_my_number

VALID = "123456789018"  # the example of the public specification


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        f"山田 {VALID} 花子",
        "１２３４５６７８９０１８",
        "1234 5678 9018",
        "1234-5678-9018",
        "1234ー5678ー9018",
        f"番号{VALID}です",
    ],
)
def test_a_my_number_is_seen_however_it_is_typed(text: str) -> None:
    assert holds_my_number(text)


@pytest.mark.parametrize(
    "text", ["", "山田花子", "123456789017", "0312345678", f"{VALID}0", f"7{VALID}", "090-1234-5678"]
)
def test_other_digits_are_left_alone(text: str) -> None:
    assert not holds_my_number(text)


def test_one_check_digit_in_ten_fits() -> None:
    fitting = [d for d in range(10) if is_my_number(f"12345678901{d}")]

    assert fitting == [8]
