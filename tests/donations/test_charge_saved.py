"""donations.charge_saved and let_go: one charge, whatever breaks between Stripe and us."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from donations import charge_saved as charge_module
from donations.books import MORE
from donations.charge_saved import charge_saved
from donations.close_campaign import close_campaign
from donations.errors import PaymentServiceAway
from donations.follow import ask_and_follow
from donations.let_go import let_go
from donations.models import Campaign, Donation, Organisation, SavedCard
from donations.shield import tries_within
from donations.stripe_gateway import promises as gateway
from donations.take_promise_back import take_promise_back
from ledger.models import Transfer
from programs.models import Membership, Program
from tests.donations.conftest import KEY, violations
from tests.donations.promises import (
    DECLINED_LATER,
    all_or_nothing,
    card_of,
    charges_at,
    over,
    promised,
    saved,
)
from tests.stripe_standin.running import Standin


@pytest.fixture
def campaign(organisation: Organisation, office: Membership) -> Campaign:
    return all_or_nothing(organisation, office, goal_yen=10_000)


@pytest.fixture
def ended(program: Program, campaign: Campaign, office: Membership, standin: Standin) -> Donation:
    """A promised gift whose campaign has met its goal; the job has not begun."""
    gift = promised(standin, program, campaign)
    close_campaign(campaign=over(campaign), actor=office)
    return gift


def charge(gift: Donation) -> Donation:
    return charge_saved(program_id=gift.program_id, donation_id=gift.pk)


@pytest.mark.real_time
def test_charging_twice_is_once(ended: Donation, standin: Standin) -> None:
    first, again = charge(ended), charge(ended)

    assert (first.state, again.state) == ("paid", "paid") and charges_at(standin, KEY) == [10_000]
    standin.settled()
    followed = ask_and_follow(program_id=ended.program_id, donation_id=ended.pk)
    assert (followed.fee_yen, Transfer.objects.count(), violations()) == (360, 3, [])


@pytest.mark.real_time
def test_an_answer_that_is_lost_costs_no_second_charge(ended: Donation, standin: Standin) -> None:
    standin.control("faults", {"timeout_after_commit": 2, "hang_ms": 0})
    with pytest.raises(PaymentServiceAway):
        charge(ended)
    ended.refresh_from_db()
    assert ended.state == "saved" and card_of(ended).tried_at

    assert charge(ended).state == "paid" and charges_at(standin, KEY) == [10_000]


@pytest.mark.real_time
def test_after_our_key_is_forgotten_the_payment_is_found_by_its_customer(
    ended: Donation, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("the worker was killed here")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(charge_module, "confirm", broken)
        charge(ended)
    monkeypatch.setattr(gateway, "FIRST_TRY", "as if Stripe had forgotten the key")

    assert charge(ended).state == "paid" and charges_at(standin, KEY) == [10_000]


@pytest.mark.real_time
def test_a_decline_is_written_once_and_raises_no_shield(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    gift = promised(standin, program, campaign, card=DECLINED_LATER)
    close_campaign(campaign=over(campaign), actor=office)

    states = [charge(gift).state for _ in range(2)]

    assert states == ["declined", "declined"] and tries_within(program.pk, 600).declined == 0
    assert card_of(gift).decline_code == "card_declined" and charges_at(standin, KEY) == []


@pytest.mark.real_time
def test_a_card_that_stripe_does_not_know_any_more_is_declined(ended: Donation, standin: Standin) -> None:
    gateway.detach_card(organisation=ended.campaign.organisation, card=card_of(ended))

    assert charge(ended).state == "declined" and charges_at(standin, KEY) == []


@pytest.mark.real_time
def test_while_the_campaign_is_open_or_missed_nothing_is_charged(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    gift = promised(standin, program, campaign, 9_999)
    assert charge(gift).state == "saved"
    close_campaign(campaign=over(campaign), actor=office)

    assert charge(gift).state == "saved" and card_of(gift).tried_at is None
    assert charges_at(standin, KEY) == []


@pytest.mark.real_time
def test_a_gift_that_was_taken_back_is_not_charged_though_its_card_may_still_be_there(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    taken = promised(standin, program, campaign)
    promised(standin, program, campaign)
    take_promise_back(donation=taken)  # Stripe has not been told to forget the card yet
    assert close_campaign(campaign=over(campaign), actor=office).goal_met is True

    assert charge(taken).state == "let_go" and charges_at(standin, KEY) == []


def test_stripe_away_leaves_the_promise(
    program: Program, campaign: Campaign, office: Membership, stripe_away: None
) -> None:
    gift = saved(campaign)
    close_campaign(campaign=over(campaign), actor=office)

    with pytest.raises(PaymentServiceAway):
        charge(gift)
    gift.refresh_from_db()
    assert gift.state == "saved" and not Transfer.objects.exists()


def test_a_card_that_we_have_begun_to_charge_is_never_let_go(campaign: Campaign) -> None:
    gift = saved(campaign)
    SavedCard.objects.update(tried_at=gift.started_at)

    with pytest.raises(IntegrityError), transaction.atomic():
        let_go(donation=gift, card=card_of(gift), why=SavedCard.Why.MISSED)


def test_money_taken_without_its_goal_is_a_violation(campaign: Campaign, office: Membership) -> None:
    gift = saved(campaign, 9_000)
    Donation.objects.filter(pk=gift.pk).update(state="paid", paid_at=gift.started_at)

    assert [words for words in _more() if "its goal was not met" in words]


def _more() -> list[str]:
    found: list[str] = []
    with connection.cursor() as cursor:
        for question in MORE:
            cursor.execute(question)
            found += [str(row[0]) for row in cursor.fetchall()]
    return found
