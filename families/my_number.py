"""Individual Numbers (マイナンバー): we may not hold one, so free text with one is refused.

Source: Act on the Use of Numbers (2013) art. 9, 15, 20; check digit: MIC ordinance 85 of 2014, art. 5.
"""

import re

from kernel.japanese import DASHES, plain

WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
TWELVE_DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){11}(?!\d)")


def is_my_number(digits: str) -> bool:
    """Whether 12 digits carry the check digit of an Individual Number."""
    rest = sum(int(digit) * weight for digit, weight in zip(digits[:11], WEIGHTS, strict=True)) % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def holds_my_number(text: str) -> bool:
    """Whether 12 digits with a right check digit stand in `text`, also full-width or in groups."""
    read = DASHES.sub("-", plain(text))
    return any(is_my_number(re.sub(r"\D", "", found)) for found in TWELVE_DIGITS.findall(read))
