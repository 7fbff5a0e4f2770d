"""Monthly gifts under webhooks as they really come: shuffled, doubled, dropped, at once; and tried-out cards."""

from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from donations import take_in_months as taking_in
from donations.models import Donation, Finding, Pledge
from donations.reconcile import reconcile
from donations.shield import tries_within, up_since
from donations.start_monthly import ask_to_begin
from donations.stripe_gateway.connection import client_of
from donations.sweep_monthly import sweep_monthly
from donations.take_in_months import take_in_months
from kernel.yen import share_yen
from ledger.balances import balance_yen
from ledger.models import Transfer
from outbox.models import Message
from programs.models import Program, Role, User
from programs.scoping import acting_in
from tests.conftest import member
from tests.donations.conftest import KEY, SECRET, make_organisation, violations, work_off
from tests.donations.monthly import FAILS_LATER, MONTH, a_month, running, said_of, standing_campaign, wished
from tests.donations.test_webhooks_race import Stage, both_at_once, meet
from tests.stripe_standin.running import Standin

pytestmark = pytest.mark.django_db(transaction=True)
DONORS, MONTHS = 4, 3


@pytest.fixture
def stage(two_programs: tuple[Program, Program]) -> Stage:
    program = two_programs[0]
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        return Stage(program, office, standing_campaign(make_organisation(office), office))


def listen(stage: Stage, standin: Standin, live_server: LiveServer, settings: Settings) -> None:
    """The stand-in sends its webhooks to the product."""
    settings.PUBLIC_URL = live_server.url
    door = f"/{stage.program.slug}/webhooks/stripe/{stage.campaign.organisation.endpoint}/"
    standin.control("webhooks", {"key": KEY, "url": live_server.url + door, "secret": SECRET})


def begin(stage: Stage, standin: Standin, number: int, **card: str) -> Pledge:
    """A donor's page, paid."""
    with acting_in(stage.program.pk):
        pledge = wished(stage.campaign, 1_000 + number, email=f"donor{number}@example.jp")
    page = ask_to_begin(program=stage.program, pledge_id=pledge.pk)
    assert standin.pay(page, **card).status == 303
    return pledge


@pytest.mark.real_time
@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_doubled_and_dropped_webhooks_of_months_end_in_the_same_books(
    stage: Stage, standin: Standin, live_server: LiveServer, settings: Settings, seed: int
) -> None:
    listen(stage, standin, live_server, settings)
    shuffle = {"seed": seed, "window_ms": 300}
    standin.control("faults", {"shuffle": shuffle, "duplicate": 2, "together": seed % 2 == 0})
    for number in range(DONORS):
        begin(stage, standin, number)
    standin.settled()
    work_off()
    standin.control("faults", {"drop": ["invoice.paid", "charge.succeeded", "charge.updated"]})
    standin.control("advance", {"seconds": (MONTHS - 1) * MONTH})
    standin.settled()
    work_off()
    with acting_in(stage.program.pk):  # fees said before: only what came late is looked for
        assert Pledge.objects.filter(state="active").count() == DONORS

    sweep_monthly(program=stage.program, is_night=True, older_than=timedelta(0))
    done = reconcile(program_id=stage.program.pk, organisation_id=stage.campaign.organisation_id)

    witness = next(iter(standin.control("ledger")["accounts"].values()))
    with acting_in(stage.program.pk):
        assert Donation.objects.filter(state="paid").count() == DONORS * MONTHS
        assert sorted(Donation.objects.values_list("charge_id", flat=True)) == sorted(
            payment["charge"] for payment in witness["payments"]
        )
        assert done.is_exact and not violations() and not Finding.objects.exists()
        assert (
            balance_yen(stage.campaign.organisation.clearing) == witness["balance_yen"] and witness["agrees"]
        )
        assert Message.objects.filter(topic="monthly_started").count() == DONORS


@pytest.mark.parametrize("is_locked", [True, False])
def test_two_workers_with_the_same_month_book_it_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, is_locked: bool
) -> None:
    """The lock keeps the second away; without it both find no gift yet, and the database refuses one."""
    with acting_in(stage.program.pk):
        pledge = running(stage.campaign)
    barrier = Barrier(2, timeout=1)

    def share_together(*said: int) -> int:
        meet(barrier)
        return share_yen(*said)

    def take_in_here() -> Any:
        with acting_in(stage.program.pk):
            return take_in_months(pledge_id=pledge.pk, said=said_of(pledge, a_month(pledge, 2))).state

    monkeypatch.setattr(taking_in, "share_yen", share_together)
    if not is_locked:
        monkeypatch.setattr(Pledge.objects, "select_for_update", lambda **_how: Pledge.objects.all())
        with pytest.raises(IntegrityError):
            both_at_once(take_in_here)
    else:
        assert both_at_once(take_in_here) == ["active", "active"]

    with acting_in(stage.program.pk):
        assert Donation.objects.count() == 2 and Transfer.objects.count() == 6 and not violations()


@pytest.mark.real_time
def test_cards_tried_out_on_monthly_pages_raise_the_shield(
    stage: Stage, standin: Standin, live_server: LiveServer, settings: Settings
) -> None:
    listen(stage, standin, live_server, settings)
    for number in range(2):
        with acting_in(stage.program.pk):
            pledge = wished(stage.campaign, 1_000, email=f"bot{number}@example.jp")
        page = ask_to_begin(program=stage.program, pledge_id=pledge.pk)
        for _ in range(6):
            assert standin.pay(page, card="4000000000000002").status == 422
    standin.settled()
    work_off()

    with acting_in(stage.program.pk):
        assert tries_within(stage.program.pk, 600).declined == 12
        assert up_since() is not None
        assert not Donation.objects.exists() and not Finding.objects.exists()  # no money moved: no question
        late = wished(stage.campaign, 2_000)
    guarded = ask_to_begin(program=stage.program, pledge_id=late.pk)
    card = {"email": late.email, "card": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123"}
    assert "/c/3ds/" in standin.post_form(guarded, card).location  # the shield asks for it with every card


@pytest.mark.real_time
def test_a_later_month_that_is_declined_tries_out_no_card(
    stage: Stage, standin: Standin, live_server: LiveServer, settings: Settings
) -> None:
    listen(stage, standin, live_server, settings)
    pledge = begin(stage, standin, 0, card=FAILS_LATER)
    with acting_in(stage.program.pk):
        waiting = wished(stage.campaign, email="waiting@example.jp")
    ask_to_begin(program=stage.program, pledge_id=waiting.pk)  # an open page: loose declines are looked into
    standin.settled()
    work_off()
    standin.control("advance", {"seconds": MONTH})
    standin.settled()
    work_off()

    with acting_in(stage.program.pk):
        assert Message.objects.filter(topic="loose_decline").exists()
        assert tries_within(stage.program.pk, 600).declined == 0
        found = Pledge.objects.get(pk=pledge.pk)
        assert found.is_declined and found.retry_on and not Finding.objects.exists()


@pytest.mark.real_time
def test_the_end_that_a_donor_presses_at_stripe_is_heard(
    stage: Stage, standin: Standin, live_server: LiveServer, settings: Settings
) -> None:
    listen(stage, standin, live_server, settings)
    pledge = begin(stage, standin, 0)
    standin.settled()
    work_off()
    with acting_in(stage.program.pk):
        found = Pledge.objects.select_related("campaign__organisation").get(pk=pledge.pk)
    client = client_of(found.campaign.organisation)
    client.v1.subscriptions.update(found.subscription_id, {"cancel_at_period_end": True})
    standin.settled()
    work_off()
    with acting_in(stage.program.pk):
        ending = Pledge.objects.get(pk=pledge.pk)
    standin.control("advance", {"seconds": MONTH})
    standin.settled()
    work_off()

    assert (ending.state, ending.next_charge_on) == ("active", None)
    with acting_in(stage.program.pk):
        ended = Pledge.objects.get(pk=pledge.pk)
        assert (ended.state, ended.stop_why, ended.donations.count()) == ("ended", "stripe", 1)


@pytest.mark.real_time
def test_the_card_page_opens_its_own_transactions_and_lets_no_other_in(
    stage: Stage, standin: Standin
) -> None:
    """Stripe is asked while no transaction is open, so the entrance finds the person's role in one of its own."""
    mine = begin(stage, standin, 0)
    standin.settled()
    sweep_monthly(program=stage.program, older_than=timedelta(0))
    with acting_in(stage.program.pk):
        other = running(stage.campaign, email="other@example.jp")
        donors = [User.objects.get(pk=Pledge.objects.get(pk=one.pk).user_id) for one in (mine, other)]
    answers = []
    for person in donors:
        browser = Client()
        browser.force_login(person)
        answers.append(browser.post(f"/{stage.program.slug}/my/monthly/{mine.pk}/card/"))

    assert [answer.status_code for answer in answers] == [302, 404]
    assert answers[0]["Location"].startswith(f"{standin.base_url}/c/portal/")
