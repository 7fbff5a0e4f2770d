"""Confirm a receipt to someone who holds its paper: number, amount and days, nothing of a person."""

import re

from django.utils.crypto import salted_hmac

from donations.admit import Sender
from donations.errors import TooManyChecks
from donations.models import Receipt
from kernel.codes import read_code
from kernel.japanese import DASHES, plain, typed_code
from kernel.limits import Limit, take

NUMBER = re.compile(r"(\d{4})-?(\d{6})")
CHECKS = Limit("receipts checked of one line", 30, 600)
CHECKS_OF_RANGE = Limit("receipts checked of one range", 150, 600)  # IPv6: 65,536 lines may be one person's


def admit_check(*, program_id: int, sender: Sender, number: str, word: str) -> None:
    """Before a receipt is looked for; looking at the same one again is free. Raises TooManyChecks."""
    # The check word is a key: it stands nowhere in clear.
    what = salted_hmac("donations.check_receipt", f"{number}|{word}", algorithm="sha256").hexdigest()[:32]
    is_admitted = take(CHECKS, f"{program_id}|{sender.line}", what)
    if is_admitted and ":" in sender.line:
        is_admitted = take(CHECKS_OF_RANGE, f"{program_id}|{sender.range}", what)
    if not is_admitted:
        raise TooManyChecks(minutes=CHECKS.seconds // 60)


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
