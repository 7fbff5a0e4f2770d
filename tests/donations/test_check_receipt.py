"""donations.check_receipt: the paper's number and check word, typed as people type them."""

import pytest

from donations.check_receipt import check_receipt
from donations.models import Campaign, Organisation, Receipt
from kernel.codes import new_code, shown
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.receipts_cast import a_receipt, set_up


@pytest.fixture
def receipt(campaign: Campaign, organisation: Organisation, office: Membership) -> Receipt:
    set_up(organisation, office)
    return a_receipt(campaign, office)


def test_both_words_find_it(receipt: Receipt) -> None:
    assert check_receipt(number="2026-000001", word=shown(receipt.check_word)) == receipt


def test_full_width_and_small_letters_are_understood(receipt: Receipt) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in receipt.check_word.lower())
    assert check_receipt(number="２０２６ー０００００１ ", word=wide) == receipt


@pytest.mark.parametrize("number", ["2026-000002", "2025-000001", "", "x", "2026-1"])
def test_another_number_finds_nothing(receipt: Receipt, number: str) -> None:
    assert check_receipt(number=number, word=receipt.check_word) is None


def test_another_word_finds_nothing(receipt: Receipt) -> None:
    for word in (new_code(), "", receipt.check_word[:-1]):
        assert check_receipt(number="2026-000001", word=word) is None


def test_another_program_does_not_know_it(receipt: Receipt, other_program: Program) -> None:
    with acting_in(other_program.pk):
        assert check_receipt(number="2026-000001", word=receipt.check_word) is None
