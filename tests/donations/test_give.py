"""donations.give: a gift is written down; no money moves."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured

from audit.models import Record
from donations.close_campaign import close_campaign
from donations.errors import AgreementChanged, AmountOutOfBounds, CampaignNotOpen, PaymentServiceAway
from donations.give import ask_to_pay
from donations.models import Campaign, Donation, Organisation
from donations.stripe_gateway.pages import PAGE_OPEN_FOR
from donations.sweep import sweep
from kernel.clock import now, today
from ledger.models import Transfer
from programs.models import Membership, Program
from tests.donations.conftest import begin, make_campaign, make_organisation
from tests.stripe_standin.running import Standin


def test_give_writes_the_gift_down_and_moves_no_money(campaign: Campaign) -> None:
    donation = begin(campaign, 10_001, email="Hanako@Example.jp")

    assert (donation.state, donation.amount_yen, donation.operating_yen, donation.fund_yen) == (
        "started",
        10_001,
        1_000,
        9_001,
    )
    assert donation.email == "hanako@example.jp"
    assert not Transfer.objects.exists()
    assert Record.objects.filter(verb="donation.begun", subject=donation.source).count() == 1


@pytest.mark.parametrize("amount_yen", [499, 3_000_001, 0, -10_000])
def test_give_refuses_amounts_out_of_bounds_and_writes_nothing(campaign: Campaign, amount_yen: int) -> None:
    with pytest.raises(AmountOutOfBounds) as refused:
        begin(campaign, amount_yen)

    assert "500" in str(refused.value) and "3,000,000" in str(refused.value)
    assert not Donation.objects.exists()


@pytest.mark.parametrize("amount_yen", [500, 3_000_000])
def test_the_bounds_themselves_are_taken(campaign: Campaign, amount_yen: int) -> None:
    assert begin(campaign, amount_yen).amount_yen == amount_yen


@pytest.mark.parametrize(
    "changes",
    [
        {"last_day": timedelta(days=-1)},
        {"first_day": timedelta(days=1), "last_day": timedelta(days=9)},
    ],
)
def test_give_refuses_outside_the_days(
    organisation: Organisation, office: Membership, changes: dict[str, Any]
) -> None:
    days = {name: today() + shift for name, shift in changes.items()}
    with pytest.raises(CampaignNotOpen):
        begin(make_campaign(organisation, office, **days))
    assert not Donation.objects.exists()


def test_give_refuses_a_closed_campaign(campaign: Campaign, office: Membership) -> None:
    close_campaign(campaign=campaign, actor=office)

    with pytest.raises(CampaignNotOpen):
        begin(campaign)
    assert not Donation.objects.exists()


def test_give_refuses_an_agreement_that_is_not_the_one_in_force(campaign: Campaign) -> None:
    with pytest.raises(AgreementChanged):
        begin(campaign, agreement_version="2025-01")
    assert not Donation.objects.exists()


def test_the_same_form_sent_twice_is_one_gift(campaign: Campaign) -> None:
    key = uuid4()

    assert begin(campaign, key=key).pk == begin(campaign, key=key).pk
    assert Donation.objects.count() == 1


def test_the_same_form_with_another_amount_is_another_gift(campaign: Campaign) -> None:
    """The back button brings the form with its key; the donor may change their mind."""
    key = uuid4()

    assert begin(campaign, 10_000, key=key).pk != begin(campaign, 5_000, key=key).pk


@pytest.mark.parametrize("state", ["failed", "expired"])
def test_after_a_failed_attempt_the_same_form_is_a_new_attempt(campaign: Campaign, state: str) -> None:
    key = uuid4()
    first = begin(campaign, key=key)
    Donation.objects.filter(pk=first.pk).update(state=state)

    second = begin(campaign, key=key)

    assert second.pk != first.pk and second.state == "started"
    assert begin(campaign, key=key).pk == second.pk


@pytest.mark.real_time
def test_asking_twice_gives_one_payment_page(program: Program, campaign: Campaign, standin: Standin) -> None:
    donation = begin(campaign)

    first = ask_to_pay(program=program, donation_id=donation.pk)
    again = ask_to_pay(program=program, donation_id=donation.pk)

    donation.refresh_from_db()
    assert first == again and first.startswith(standin.base_url)
    assert donation.state == "pending" and donation.session_id.startswith("cs_test_")


@pytest.mark.real_time
def test_a_lost_answer_is_mended_by_asking_again_with_the_same_key(
    program: Program, campaign: Campaign, standin: Standin
) -> None:
    donation = begin(campaign)
    standin.control("faults", {"timeout_after_commit": 2})  # the SDK asks a second time by itself
    with pytest.raises(PaymentServiceAway):
        ask_to_pay(program=program, donation_id=donation.pk)
    donation.refresh_from_db()
    assert (donation.state, donation.session_id) == ("started", "")

    ask_to_pay(program=program, donation_id=donation.pk)

    donation.refresh_from_db()
    sessions = standin.data.joinpath("journal.jsonl").read_text()
    made = {part.split('"')[0] for part in sessions.split('"id": "cs_test_')[1:]}
    made |= {part.split('"')[0] for part in sessions.split('"id":"cs_test_')[1:]}
    assert made == {donation.session_id.removeprefix("cs_test_")}


def test_stripe_away_is_said_and_nothing_is_lost(
    program: Program, campaign: Campaign, stripe_away: None
) -> None:
    donation = begin(campaign)

    with pytest.raises(PaymentServiceAway) as refused:
        ask_to_pay(program=program, donation_id=donation.pk)

    assert refused.value.status == 503
    donation.refresh_from_db()
    assert donation.state == "started" and not Transfer.objects.exists()


@pytest.mark.real_time
def test_a_gift_that_never_got_its_page_is_given_up_after_its_time(
    program: Program, campaign: Campaign, standin: Standin
) -> None:
    donation = begin(campaign)
    Donation.objects.update(started_at=now() - PAGE_OPEN_FOR - timedelta(minutes=1))

    sweep(program=program)

    donation.refresh_from_db()
    assert donation.state == "expired"


def test_a_gift_of_another_program_is_not_found(campaign: Campaign, other_program: Program) -> None:
    donation = begin(campaign)

    with pytest.raises(Donation.DoesNotExist):
        ask_to_pay(program=other_program, donation_id=donation.pk)


def test_a_live_key_never_goes_to_a_stand_in(program: Program, office: Membership, stripe_away: None) -> None:
    campaign = make_campaign(make_organisation(office, key="sk_live_1"), office)

    with pytest.raises(ImproperlyConfigured):
        ask_to_pay(program=program, donation_id=begin(campaign).pk)
