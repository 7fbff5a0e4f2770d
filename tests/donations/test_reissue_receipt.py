"""donations.reissue_receipt: the same number and words, marked as a copy."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from audit.models import Record
from donations.cancel_receipt import cancel_receipt
from donations.errors import ReceiptCancelled
from donations.models import Campaign, Organisation, Receipt, ReceiptCounter, ReceiptPaper
from donations.reissue_receipt import reissue_receipt
from kernel.errors import NotAllowed
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.reading_paper import text_of
from tests.donations.receipts_cast import a_receipt, set_up


@pytest.fixture
def receipt(campaign: Campaign, organisation: Organisation, office: Membership) -> Receipt:
    set_up(organisation, office)
    return a_receipt(campaign, office)


def test_a_copy_has_the_same_number_and_says_that_it_is_one(receipt: Receipt, office: Membership) -> None:
    first = receipt.papers.get().pdf

    copy = reissue_receipt(receipt=receipt, reason="郵便で届かなかった", actor=office)

    assert (copy.copy, copy.made_by) == (2, office)
    assert receipt.full_number in text_of(copy.pdf)
    assert "再発行" in text_of(copy.pdf) and "再発行" not in text_of(first)
    assert ReceiptPaper.objects.get(copy=1).pdf == first
    assert ReceiptCounter.objects.get().last_number == 1
    kept = Record.objects.get(verb="receipt.reissued")
    assert (kept.actor_id, kept.facts["copy"]) == (office.pk, 2)


def test_a_copy_keeps_the_words_of_its_day(
    receipt: Receipt, organisation: Organisation, office: Membership
) -> None:
    set_up(organisation, office, representative="代表理事 佐藤 次郎", certified_until=date(2030, 1, 1))

    copy = reissue_receipt(receipt=receipt, reason="紛失", actor=office)

    assert "山田" in text_of(copy.pdf) and "佐藤" not in text_of(copy.pdf)


def test_a_paper_is_never_changed(receipt: Receipt) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ReceiptPaper.objects.filter(receipt=receipt).update(sha256="0" * 64)


def test_a_cancelled_receipt_is_not_copied(receipt: Receipt, office: Membership) -> None:
    cancel_receipt(receipt=receipt, reason="誤り", is_replaced=False, actor=office)

    with pytest.raises(ReceiptCancelled):
        reissue_receipt(receipt=receipt, reason="紛失", actor=office)
    assert ReceiptPaper.objects.count() == 1


def test_a_stranger_may_not(receipt: Receipt, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        reissue_receipt(receipt=receipt, reason="紛失", actor=stranger)
    assert ReceiptPaper.objects.count() == 1


def test_another_programs_receipt_is_not_there(
    receipt: Receipt, office: Membership, other_program: Program
) -> None:
    with acting_in(other_program.pk), pytest.raises(Receipt.DoesNotExist):
        reissue_receipt(receipt=receipt, reason="紛失", actor=office)
