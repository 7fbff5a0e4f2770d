"""donations.confirm: what Stripe says is booked once, in any order."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from donations.confirm import ask_and_confirm, confirm
from donations.errors import PaymentDiffers
from donations.give import ask_to_pay
from donations.models import Campaign, Donation
from donations.stripe_said import Payment
from ledger.balances import balances_yen
from ledger.models import Transfer
from outbox.models import Message
from programs.models import Membership, Program, Role, User
from tests.donations.conftest import begin, moved, work_off
from tests.stripe_standin.running import Standin, wait_for

PAID_AT = datetime(2027, 3, 31, 2, 59, tzinfo=UTC)


def said_of(donation: Donation, **changes: Any) -> Payment:
    """What Stripe would say of a gift that is paid and on its books."""
    paid = Payment(
        state=Donation.State.PAID,
        amount_yen=donation.amount_yen,
        reference=str(donation.reference),
        url="",
        payment_intent_id=f"pi_{donation.pk}",
        charge_id=f"ch_{donation.pk}",
        fee_yen=360,
        paid_at=PAID_AT,
    )
    return replace(paid, **changes)


def pending(campaign: Campaign, amount_yen: int = 10_000) -> Donation:
    donation = begin(campaign, amount_yen)
    Donation.objects.filter(pk=donation.pk).update(state="pending", session_id=f"cs_{donation.pk}")
    donation.refresh_from_db()
    return donation


def legs(donation: Donation) -> list[tuple[str, int, str, str, int]]:
    return [
        (donation.source, 1, "stripe_clearing", "fund", 9_000),
        (donation.source, 2, "stripe_clearing", "operating", 1_000),
        (donation.source, 3, "payment_fees", "stripe_clearing", 360),
    ]


def test_a_paid_gift_is_booked_with_share_and_fee(campaign: Campaign) -> None:
    donation = pending(campaign)

    confirm(donation_id=donation.pk, payment=said_of(donation))

    donation.refresh_from_db()
    assert (donation.state, donation.paid_at, donation.fee_yen) == ("paid", PAID_AT, 360)
    assert moved() == legs(donation)
    accounts = [campaign.organisation.clearing, campaign.fund, campaign.operating, campaign.organisation.fees]
    assert list(balances_yen(accounts).values()) == [9_640, 9_000, 1_000, 360]


def test_a_gift_without_share_or_fee_has_one_leg(campaign: Campaign) -> None:
    Campaign.objects.update(operating_per_mille=0)
    donation = pending(campaign)

    confirm(donation_id=donation.pk, payment=said_of(donation, fee_yen=0))

    assert moved() == [(donation.source, 1, "stripe_clearing", "fund", 10_000)]


def test_the_fee_may_come_later(campaign: Campaign) -> None:
    donation = pending(campaign)

    confirm(donation_id=donation.pk, payment=said_of(donation, fee_yen=None))
    assert moved() == legs(donation)[:2]
    confirm(donation_id=donation.pk, payment=said_of(donation))

    assert moved() == legs(donation)
    assert Message.objects.filter(topic="gift_paid").count() == 1


def test_all_orders_of_what_stripe_said_end_the_same(campaign: Campaign) -> None:
    """An older answer may arrive after a newer one: paid is never left, nothing is booked twice."""
    donation = pending(campaign)
    words = [
        said_of(donation, state=Donation.State.PENDING, charge_id="", fee_yen=None, paid_at=None),
        said_of(donation, state=Donation.State.EXPIRED, charge_id="", fee_yen=None, paid_at=None),
        said_of(donation, fee_yen=None),
        said_of(donation),
    ]
    for order in permutations(words):
        with transaction.atomic():
            for word in order:
                confirm(donation_id=donation.pk, payment=word)
            donation.refresh_from_db()
            assert (donation.state, donation.fee_yen) == ("paid", 360)
            assert moved() == legs(donation)
            assert Message.objects.filter(topic="gift_paid").count() == 1
            transaction.set_rollback(True)


@pytest.mark.parametrize("changes", [{"amount_yen": 9_999}, {"reference": "another"}])
def test_a_payment_that_differs_is_never_booked(campaign: Campaign, changes: dict[str, Any]) -> None:
    donation = pending(campaign)

    with pytest.raises(PaymentDiffers):
        confirm(donation_id=donation.pk, payment=said_of(donation, **changes))

    donation.refresh_from_db()
    assert donation.state == "pending" and not Transfer.objects.exists()


def test_one_charge_belongs_to_one_gift(campaign: Campaign) -> None:
    first, second = pending(campaign), pending(campaign)
    confirm(donation_id=first.pk, payment=said_of(first))

    with pytest.raises(Exception, match="donation_(charge|payment)_once"), transaction.atomic():
        confirm(donation_id=second.pk, payment=said_of(second, charge_id=f"ch_{first.pk}"))
    assert {row[0] for row in moved()} == {first.source}


def test_the_donor_can_sign_in_later_and_gets_one_mail(campaign: Campaign, program: Program) -> None:
    donation = pending(campaign)

    confirm(donation_id=donation.pk, payment=said_of(donation))
    work_off()
    work_off()

    user = User.objects.get(email="hanako@example.jp")
    assert (
        Membership.objects.filter(user=user, role=Role.DONOR).count() == 1 and not user.has_usable_password()
    )
    (letter,) = mail.outbox
    assert letter.to == ["hanako@example.jp"]
    assert f"/{program.slug}/gifts/{donation.reference}/" in letter.body and str(donation.pk) in letter.body


def test_the_mail_is_in_the_donors_language(campaign: Campaign) -> None:
    donation = pending(campaign)
    Donation.objects.filter(pk=donation.pk).update(language="en")

    confirm(donation_id=donation.pk, payment=said_of(donation))
    work_off()

    assert mail.outbox[0].subject == "Thank you for your gift"
    assert "¥10,000" in mail.outbox[0].body and "Learning this spring" in mail.outbox[0].body


def test_another_program_cannot_confirm_it(campaign: Campaign, other_program: Program) -> None:
    donation = pending(campaign)

    with pytest.raises(Donation.DoesNotExist):
        ask_and_confirm(program_id=other_program.pk, donation_id=donation.pk)


@pytest.mark.real_time
@pytest.mark.parametrize(
    ("card", "state"),
    [("4242424242424242", "paid"), ("4000002760003184", "paid"), ("4000000000000002", "failed")],
)
def test_stripes_own_words_are_understood(
    program: Program, campaign: Campaign, standin: Standin, card: str, state: str
) -> None:
    donation = begin(campaign)
    standin.pay(ask_to_pay(program=program, donation_id=donation.pk), card=card)
    if state == "failed":
        assert ask_and_confirm(program_id=program.pk, donation_id=donation.pk)[0].state == "pending"
        standin.control("advance", {"seconds": 3_600})

    def look() -> Donation:
        return ask_and_confirm(program_id=program.pk, donation_id=donation.pk)[0]

    if state == "failed":
        assert look().state == "failed" and not Transfer.objects.exists()
        return
    wait_for(lambda: look().fee_yen)
    assert look().state == "paid"
    assert moved() == legs(donation)
