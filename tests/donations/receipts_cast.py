"""Donors who want receipts, and gifts of given days, made through the verbs."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from donations.ask_for_receipt import ask_for_receipt
from donations.issue_receipt import issue_receipt
from donations.models import Addressee, Campaign, Donation, Organisation, Receipt, ReceiptAsk
from donations.record_past_gift import PastPayment, record_past_gift
from donations.set_receipt_words import set_receipt_words
from programs.models import Membership
from tests.donations.conftest import donor

HANAKO = Addressee("髙﨑 𠮷子", "150-0001", "東京都渋谷区神宮前1-2-3 辻󠄀ビル")
MAIL = "hanako@example.jp"
STATED = {
    "legal_form": "certified_npo",
    "receipt_address": "東京都渋谷区神南1-1-1\nまなびビル3階",
    "representative": "代表理事 山田 太郎",
    "certification_number": "2生都管第1234号",
    "certified_on": date(2022, 3, 20),
    "certified_from": date(2022, 4, 1),
    "certified_until": date(2027, 3, 31),
    "local_tax": "東京都および渋谷区の条例で指定されています",
}


def set_up(organisation: Organisation, office: Membership, **changes: Any) -> Organisation:
    """All that receipts state."""
    return set_receipt_words(organisation=organisation, stated={**STATED, **changes}, actor=office)


def a_gift(
    campaign: Campaign,
    office: Membership,
    *,
    yen: int = 10_000,
    on: date = date(2026, 9, 21),
    email: str = MAIL,
) -> Donation:
    """A settled gift of that day, noon in Japan."""
    moment = datetime(on.year, on.month, on.day, 3, tzinfo=UTC)
    payment = PastPayment(amount_yen=yen, fee_yen=yen * 36 // 1000, paid_at=moment)
    return record_past_gift(
        campaign=campaign, donor=donor(email), payment=payment, request_key=uuid4(), actor=office
    )


def an_ask(gift: Donation, addressee: Addressee = HANAKO) -> ReceiptAsk:
    """The donor of the gift asks."""
    return ask_for_receipt(donation=gift, addressee=addressee, actor=None)


def a_receipt(campaign: Campaign, office: Membership, **gift: Any) -> Receipt:
    """Issued for one gift."""
    return issue_receipt(ask=an_ask(a_gift(campaign, office, **gift)), actor=office)[0]
