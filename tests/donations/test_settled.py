"""donations.settled: when money is ours, and which day stands on a receipt."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from donations.ask_for_receipt import ask_for_receipt
from donations.confirm import confirm
from donations.models import Campaign, DatePolicy, Donation, Organisation, ReceiptAsk
from donations.settled import is_settled, kept_yen, receipt_day, settled_gifts
from donations.stripe_said import Payment
from outbox.models import Message
from programs.models import Membership
from tests.donations.conftest import begin
from tests.donations.receipts_cast import HANAKO, a_gift, set_up

MIDNIGHT = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)  # 1 January in Japan


@pytest.mark.parametrize(
    ("state", "fee_yen", "answer"),
    [("paid", 360, True), ("paid", 0, True), ("paid", None, False), ("pending", None, False)],
)
def test_settled_is_paid_and_booked(state: str, fee_yen: int | None, answer: bool) -> None:
    assert is_settled(Donation(state=state, fee_yen=fee_yen, amount_yen=10_000)) is answer


def test_the_policy_decides_at_the_turn_of_the_year(
    campaign: Campaign, organisation: Organisation, office: Membership
) -> None:
    gift = a_gift(campaign, office, on=date(2026, 12, 31))
    Donation.objects.filter(pk=gift.pk).update(settled_at=MIDNIGHT)
    gift.refresh_from_db()

    assert receipt_day(gift, DatePolicy.PROCEDURE) == date(2026, 12, 31)
    assert receipt_day(gift, DatePolicy.RECEIVED) == date(2027, 1, 1)
    for policy, year in ((DatePolicy.PROCEDURE, 2026), (DatePolicy.RECEIVED, 2027)):
        organisation = set_up(organisation, office, receipt_date_policy=policy)
        assert list(settled_gifts(organisation, date(year, 1, 1), date(year + 1, 1, 1))) == [gift]
    assert kept_yen(gift) == 10_000


def test_a_fee_that_comes_late_settles_the_gift_and_wakes_who_asked(
    campaign: Campaign, office: Membership
) -> None:
    gift = begin(campaign)
    paid = Payment(
        state=Donation.State.PAID,
        amount_yen=gift.amount_yen,
        reference=str(gift.reference),
        url="",
        payment_intent_id="pi_1",
        charge_id="ch_1",
        fee_yen=None,
        paid_at=MIDNIGHT,
    )
    gift = confirm(donation_id=gift.pk, payment=paid)
    assert gift.settled_at is None
    ask = ask_for_receipt(donation=gift, addressee=HANAKO, actor=None)

    gift = confirm(donation_id=gift.pk, payment=replace(paid, fee_yen=360))

    assert is_settled(gift) and gift.settled_at is not None
    assert Message.objects.filter(topic="receipt_asked", about=f"receipt_ask:{ask.pk}").count() == 2
    assert ReceiptAsk.objects.count() == 1
