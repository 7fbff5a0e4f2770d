"""donations.cancel_receipt: void, the number stays taken, a new one for what is left."""

import pytest

from donations import books
from donations.cancel_receipt import cancel_receipt, cancel_receipt_of
from donations.check_receipt import check_receipt
from donations.errors import ReceiptCancelled
from donations.models import Campaign, Donation, Organisation, Receipt, Refund
from donations.refund import hold_gift, take_in_refund
from kernel.errors import NotAllowed
from ledger.verify import verify
from outbox.models import Message
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.conftest import work_off
from tests.donations.receipts_cast import a_gift, a_receipt, set_up
from tests.donations.test_refund import said


@pytest.fixture
def receipt(campaign: Campaign, organisation: Organisation, office: Membership) -> Receipt:
    set_up(organisation, office)
    return a_receipt(campaign, office)


def test_it_is_void_and_its_paper_stays(receipt: Receipt, office: Membership) -> None:
    cancel_receipt(receipt=receipt, reason="金額の誤り", is_replaced=False, actor=office)

    receipt.refresh_from_db()
    assert not receipt.is_valid and receipt.cancelled_by == office
    assert receipt.papers.get().pdf
    assert not receipt.lines.get().is_valid
    found = check_receipt(number=receipt.full_number, word=receipt.check_word)
    assert found and not found.is_valid
    assert Message.objects.filter(topic="receipt_cancelled").count() == 1
    assert verify(books.CLAIMS, books.MORE) == []


def test_a_new_one_takes_its_place_with_the_next_number(receipt: Receipt, office: Membership) -> None:
    cancel_receipt(receipt=receipt, reason="宛名の誤り", is_replaced=True, actor=office)
    work_off()

    assert list(Receipt.objects.order_by("number").values_list("number", "state")) == [
        (1, "cancelled"),
        (2, "issued"),
    ]


def pay_back(receipt: Receipt, amount_yen: int, *, state: Refund.State = Refund.State.DONE) -> None:
    gift = hold_gift(receipt.lines.get().donation_id)
    take_in_refund(donation=gift, said=said(amount_yen, state=state))
    work_off()


def test_after_a_partial_refund_the_new_one_is_for_the_rest(receipt: Receipt) -> None:
    pay_back(receipt, 4_000)

    assert Receipt.objects.get(state="issued").amount_yen == 6_000


def test_after_a_full_refund_there_is_none(receipt: Receipt) -> None:
    pay_back(receipt, 10_000)

    receipt.refresh_from_db()
    assert receipt.cancelled_because == "refunded"
    assert not Receipt.objects.filter(state="issued").exists()


def test_a_refund_that_fails_at_the_bank_brings_the_whole_sum_back(receipt: Receipt) -> None:
    pay_back(receipt, 4_000)
    pay_back(receipt, 4_000, state=Refund.State.FAILED)

    assert Receipt.objects.get(state="issued").amount_yen == 10_000
    assert Receipt.objects.count() == 3


def test_a_gift_on_no_receipt_cancels_nothing(
    campaign: Campaign, receipt: Receipt, office: Membership
) -> None:
    other: Donation = a_gift(campaign, office)

    assert cancel_receipt_of(donation=other) is None
    assert Receipt.objects.get().is_valid


def test_twice_is_refused(receipt: Receipt, office: Membership) -> None:
    cancel_receipt(receipt=receipt, reason="誤り", is_replaced=False, actor=office)

    with pytest.raises(ReceiptCancelled):
        cancel_receipt(receipt=receipt, reason="もう一度", is_replaced=False, actor=office)
    assert Receipt.objects.get().cancelled_because == "誤り"


def test_a_stranger_may_not(receipt: Receipt, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        cancel_receipt(receipt=receipt, reason="誤り", is_replaced=False, actor=stranger)
    assert Receipt.objects.get().is_valid


def test_another_programs_receipt_is_not_there(
    receipt: Receipt, office: Membership, other_program: Program
) -> None:
    with acting_in(other_program.pk), pytest.raises(Receipt.DoesNotExist):
        cancel_receipt(receipt=receipt, reason="誤り", is_replaced=False, actor=office)
