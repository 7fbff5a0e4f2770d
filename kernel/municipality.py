"""Codes of Japanese local governments (全国地方公共団体コード), six digits."""


def is_municipality_code(code: str) -> bool:
    """Whether the sixth digit checks the first five.

    Weights 6, 5, 4, 3, 2; check = last digit of 11 minus the sum modulo 11.
    Source: Ministry of Internal Affairs and Communications, 全国地方公共団体コード仕様.
    """
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=False))
    return (11 - total % 11) % 10 == int(code[5])
