"""donations.keep_card: a promised gift has its card once, whatever Stripe tells in whatever order."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from donations.close_campaign import close_campaign
from donations.confirm import confirm
from donations.errors import PaymentDiffers
from donations.give import ask_to_pay
from donations.models import Campaign, Donation, Organisation, SavedCard
from donations.queries import is_goal_met, standing_of
from donations.shield import tries_within
from donations.stripe_gateway.events import read_webhook
from donations.sweep import sweep
from ledger.models import Transfer
from outbox.models import Message
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.donations.conftest import KEY, SECRET, begin, make_organisation, work_off
from tests.donations.promises import all_or_nothing, card_of, over, promised, saved, saved_of
from tests.donations.test_webhooks import event_about, signed
from tests.donations.test_webhooks_race import Stage, pay_by_page
from tests.stripe_standin.running import Standin

SETUP_EVENTS = ("setup_intent.created", "setup_intent.succeeded", "checkout.session.completed")


@pytest.fixture
def campaign(organisation: Organisation, office: Membership) -> Campaign:
    return all_or_nothing(organisation, office)


def test_a_saved_card_is_a_promise_and_no_money(campaign: Campaign) -> None:
    gift = saved(campaign)
    work_off()

    assert (gift.state, gift.paid_at, Transfer.objects.count()) == ("saved", None, 0)
    standing = standing_of(campaign)
    assert (standing.raised_yen, standing.promised_yen, standing.promisers) == (0, 10_000, 1)
    assert mail.outbox[0].to == [gift.email] and "お金はまだいただいていません" in mail.outbox[0].body
    assert gift.user and not is_goal_met(campaign)


def test_every_order_of_what_stripe_says_ends_the_same(campaign: Campaign) -> None:
    for said in permutations(["pending", "saved", "saved", "expired"]):
        if said[0] == "expired":
            continue  # Stripe never closes a page unused and then says that its card was saved
        gift = begin(campaign, email=f"{'-'.join(said)}@example.jp")
        Donation.objects.filter(pk=gift.pk).update(state="pending", session_id=f"cs_{gift.pk}")
        if said.index("expired") < said.index("saved"):
            continue
        for state in said:
            confirm(donation_id=gift.pk, payment=replace(saved_of(gift), state=Donation.State(state)))
        gift.refresh_from_db()
        assert gift.state == "saved" and SavedCard.objects.filter(donation=gift).count() == 1
        assert Message.objects.filter(topic="card_saved", about=gift.source).count() == 1


def test_another_amount_than_promised_is_not_kept(campaign: Campaign) -> None:
    gift = begin(campaign)
    Donation.objects.filter(pk=gift.pk).update(state="pending", session_id="cs_1")

    with pytest.raises(PaymentDiffers):
        confirm(donation_id=gift.pk, payment=saved_of(gift, amount_yen=9_999))
    assert not SavedCard.objects.exists()


def test_a_card_saved_after_the_end_is_let_go_at_once(campaign: Campaign, office: Membership) -> None:
    gift = begin(campaign, 30_000)
    Donation.objects.filter(pk=gift.pk).update(state="pending", session_id="cs_1")
    closed = close_campaign(campaign=over(campaign), actor=office)

    late = confirm(donation_id=gift.pk, payment=saved_of(gift))

    assert (closed.goal_met, late.state, card_of(gift).let_go_why) == (False, "let_go", "late")


def test_a_card_declined_on_the_saving_page_counts_for_the_shield(
    campaign: Campaign, organisation: Organisation
) -> None:
    body = event_about(begin(campaign), type="setup_intent.setup_failed")
    assert read_webhook(organisation=organisation, body=body, signature=signed(body)).is_decline


@pytest.mark.real_time
def test_the_page_saves_the_card_and_stripe_takes_nothing(
    program: Program, campaign: Campaign, standin: Standin
) -> None:
    gift = promised(standin, program, campaign)

    card = card_of(gift)
    assert gift.state == "saved" and card.customer_id.startswith("cus_")
    assert card.payment_method_id.startswith("pm_")
    assert not next(iter(standin.control("ledger")["accounts"].values()))["payments"]


@pytest.mark.real_time
def test_a_saving_page_nobody_used_expires(program: Program, campaign: Campaign, standin: Standin) -> None:
    gift = begin(campaign)
    ask_to_pay(program=program, donation_id=gift.pk)
    standin.control("advance", {"seconds": 3_600})
    sweep(program=program, older_than=-A_MINUTE)

    gift.refresh_from_db()
    assert gift.state == "expired" and not SavedCard.objects.exists()


A_MINUTE = timedelta(minutes=1)


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shuffled_doubled_and_dropped_events_end_in_the_same_promises(
    two_programs: tuple[Program, Program],
    standin: Standin,
    live_server: LiveServer,
    settings: Settings,
    seed: int,
) -> None:
    settings.PUBLIC_URL = live_server.url
    program = two_programs[0]
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        stage = Stage(program, office, all_or_nothing(make_organisation(office), office))
    door = f"{live_server.url}/{program.slug}/webhooks/stripe/{stage.campaign.organisation.endpoint}/"
    standin.control("webhooks", {"key": KEY, "url": door, "secret": SECRET})
    shuffle = {"seed": seed, "window_ms": 200}
    standin.control("faults", {"shuffle": shuffle, "duplicate": 2, "together": seed == 2})
    for number in range(6):
        if number == 5:  # the last loses every event, one before loses one
            standin.settled()
            standin.control("faults", {"drop": list(SETUP_EVENTS)})
        if number == seed:
            standin.control("faults", {"drop": [SETUP_EVENTS[seed % 3]]})
        browser = Client(REMOTE_ADDR=f"203.0.113.{number}")
        pay_by_page(stage, standin, browser, email=f"donor{number}@example.jp")
    standin.settled()
    work_off()
    sweep(program=program, older_than=-A_MINUTE)
    work_off()

    with acting_in(program.pk):
        assert list(Donation.objects.values_list("state", flat=True)) == ["saved"] * 6
        assert SavedCard.objects.values("customer_id").distinct().count() == 6
        assert Message.objects.filter(topic="card_saved").count() == 6
        assert standing_of(stage.campaign).promised_yen == 60_000 and not Transfer.objects.exists()
        assert tries_within(program.pk, 600).declined == 0
