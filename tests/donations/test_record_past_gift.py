"""donations.record_past_gift: gifts from before the books began here."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from donations.models import Campaign, Donation
from donations.record_past_gift import PastPayment, record_past_gift
from kernel.errors import NotAllowed
from ledger.models import Account, Transfer
from outbox.models import Message
from programs.models import Membership
from tests.donations.conftest import donor, moved

PAYMENT = PastPayment(amount_yen=10_000, fee_yen=360, paid_at=datetime(2026, 9, 21, 3, tzinfo=UTC))


def test_a_past_gift_is_posted_like_any_other_without_mail(campaign: Campaign, office: Membership) -> None:
    gift = record_past_gift(
        campaign=campaign, donor=donor(), payment=PAYMENT, request_key=uuid4(), actor=office
    )

    assert (gift.state, gift.paid_at, gift.fee_yen) == ("paid", PAYMENT.paid_at, 360)
    assert moved() == [
        (gift.source, 1, "stripe_clearing", "fund", 9_000),
        (gift.source, 2, "stripe_clearing", "operating", 1_000),
        (gift.source, 3, "payment_fees", "stripe_clearing", 360),
        (gift.source, 4, "bank", "stripe_clearing", 9_640),
    ]
    assert not Message.objects.exists()


def test_a_repeat_is_one(campaign: Campaign, office: Membership, fund: Account) -> None:
    key = uuid4()
    for _ in range(2):
        record_past_gift(campaign=campaign, donor=donor(), payment=PAYMENT, request_key=key, actor=office)

    assert Donation.objects.count() == 1 and Transfer.objects.filter(credit=fund).count() == 1


def test_a_stranger_may_not(campaign: Campaign, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        record_past_gift(
            campaign=campaign, donor=donor(), payment=PAYMENT, request_key=uuid4(), actor=stranger
        )
    assert not Donation.objects.exists()
