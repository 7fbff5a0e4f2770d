"""Confirm a receipt to someone who holds its paper: number, amount and days, nothing of a person."""

import re

from donations.models import Receipt
from kernel.codes import read_code
from kernel.japanese import DASHES, plain, typed_code

NUMBER = re.compile(r"(\d{4})-?(\d{6})")


def check_receipt(*, number: str, word: str) -> Receipt | None:
    """The receipt that carries both, cancelled or not; None when there is none. Full width is fine."""
    typed = NUMBER.fullmatch(DASHES.sub("-", plain(number)))
    code = read_code(typed_code(word))
    if typed is None or code is None:
        return None
    found: Receipt | None = (
        Receipt.objects.filter(year=int(typed[1]), number=int(typed[2]), check_word=code)
        .select_related("organisation")
        .first()
    )
    return found
