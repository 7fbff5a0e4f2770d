"""Show 3: shuffled, repeated and dropped webhooks over HTTP end in the same ledger; races book once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from donations import confirm as confirm_module
from donations import webhooks as webhooks_module
from donations.confirm import check_is_the_same, confirm
from donations.models import Campaign, Donation, WebhookEvent
from donations.stripe_gateway.events import read_webhook
from donations.sweep import sweep
from ledger.balances import balance_yen, balances_yen
from ledger.models import Transfer
from outbox.models import Message
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.donations.conftest import KEY, SECRET, fields_of, make_campaign, make_organisation, moved, work_off
from tests.donations.test_confirm import legs, pending, said_of
from tests.donations.test_webhooks import EVENTS, deliver_to, event_about, signed
from tests.stripe_standin.running import Standin

pytestmark = pytest.mark.django_db(transaction=True)
AMOUNTS = [500, 777, 1_000, 3_000, 4_847, 5_000, 9_999, 10_000, 10_001, 30_000, 123_456, 3_000_000]


@dataclass
class Stage:
    """A campaign that is committed, so that other threads and servers see it."""

    program: Program
    office: Membership
    campaign: Campaign


@pytest.fixture
def stage(two_programs: tuple[Program, Program]) -> Stage:
    program = two_programs[0]
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        return Stage(program, office, make_campaign(make_organisation(office), office))


def expected(gifts: dict[int, Donation], fees: dict[str, int]) -> list[tuple[str, int, str, str, int]]:
    """The one right ledger, worked out from the amounts and the stand-in's own fees."""
    rows = []
    for yen, gift in gifts.items():
        share = yen // 10
        rows.append((gift.source, 1, "stripe_clearing", "fund", yen - share))
        rows.append((gift.source, 2, "stripe_clearing", "operating", share))
        rows.append((gift.source, 3, "payment_fees", "stripe_clearing", fees[str(gift.reference)]))
    return sorted(rows)


@pytest.mark.real_time
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_shuffled_repeated_and_dropped_webhooks_end_in_the_same_ledger(
    stage: Stage, standin: Standin, live_server: LiveServer, settings: Settings, seed: int
) -> None:
    settings.PUBLIC_URL = live_server.url
    organisation = stage.campaign.organisation
    door = f"{live_server.url}/{stage.program.slug}/webhooks/stripe/{organisation.endpoint}/"
    standin.control("webhooks", {"key": KEY, "url": door, "secret": SECRET})
    shuffle = {"seed": seed, "window_ms": 300}
    standin.control("faults", {"shuffle": shuffle, "duplicate": 2, "together": seed % 2 == 0})
    gifts = {}

    for number, yen in enumerate(AMOUNTS):
        if number == len(AMOUNTS) - 1:  # the last gift loses every event, one before loses one
            standin.settled()
            standin.control("faults", {"drop": ["payment_intent.created", *EVENTS]})
        if number == seed:
            standin.control("faults", {"drop": [EVENTS[seed % 4]]})
        typed = {"amount_choice": "own", "amount_own": str(yen), "email": f"donor{number}@example.jp"}
        browser = Client(REMOTE_ADDR=f"203.0.113.{number}")  # as many from one place are refused
        gifts[yen] = pay_by_page(stage, standin, browser, **typed)
        if number % 3 == seed % 3:
            work_off()
    standin.settled()
    work_off()
    with acting_in(stage.program.pk):
        assert Donation.objects.filter(state="paid").count() == len(AMOUNTS) - 1
    sweep(program=stage.program, older_than=timedelta(0))
    work_off()

    witness = next(iter(standin.control("ledger", None)["accounts"].values()))
    fees = {payment["client_reference_id"]: payment["fee_yen"] for payment in witness["payments"]}
    assert witness["agrees"] and len(fees) == len(AMOUNTS)
    with acting_in(stage.program.pk):
        assert moved() == expected(gifts, fees)
        sums = balances_yen([organisation.clearing, organisation.fees])
        assert sums[organisation.clearing.pk] == witness["balance_yen"]
        assert sums[organisation.fees.pk] == witness["fees_yen"]
        assert stage.campaign.fund and balance_yen(stage.campaign.fund) == 2_878_725
        assert Message.objects.filter(topic="gift_paid").count() == len(AMOUNTS)
        charges = {payment["charge"] for payment in witness["payments"]}
        assert set(Donation.objects.values_list("charge_id", flat=True)) == charges


def pay_by_page(stage: Stage, standin: Standin, browser: Client, **typed: str) -> Donation:
    address = f"/{stage.program.slug}/campaigns/{stage.campaign.pk}/give/"
    reply = browser.post(address, fields_of(stage.campaign, **typed))
    assert reply.status_code == 302
    assert standin.pay(reply["Location"]).status == 303
    with acting_in(stage.program.pk):
        return Donation.objects.order_by("-id")[0]


def both_at_once(act: Callable[[], Any]) -> list[Any]:
    def one() -> Any:
        try:
            return act()
        finally:
            connection.close()  # each thread has its own

    with ThreadPoolExecutor(2) as pool:
        return [answer.result() for answer in [pool.submit(one), pool.submit(one)]]


def meet(barrier: Barrier) -> None:
    with suppress(BrokenBarrierError):  # a lock holds: the other never comes
        barrier.wait()


def test_two_deliveries_at_the_same_instant_are_one_event(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_in(stage.program.pk):
        donation = pending(stage.campaign)
        organisation = stage.campaign.organisation
    body = event_about(donation)
    mark, barrier = signed(body), Barrier(2, timeout=2)

    def read_together(**said: Any) -> Any:
        event = read_webhook(**said)
        meet(barrier)
        return event

    monkeypatch.setattr(webhooks_module, "read_webhook", read_together)
    answers = both_at_once(lambda: deliver_to(Client(), stage.program, organisation, body, mark))

    assert answers == [200, 200]
    with acting_in(stage.program.pk):
        assert WebhookEvent.objects.count() == 1 and Message.objects.count() == 1


def test_two_confirmations_at_the_same_instant_book_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the row lock both would meet at the check, having read the same unpaid gift."""
    with acting_in(stage.program.pk):
        donation = pending(stage.campaign)
    barrier = Barrier(2, timeout=0.5)

    def check_together(*said: Any) -> None:
        meet(barrier)
        check_is_the_same(*said)

    def confirm_here() -> str:
        with acting_in(stage.program.pk):
            return confirm(donation_id=donation.pk, payment=said_of(donation)).state

    monkeypatch.setattr(confirm_module, "check_is_the_same", check_together)
    assert both_at_once(confirm_here) == ["paid", "paid"]

    with acting_in(stage.program.pk):
        assert moved() == legs(donation)
        assert Message.objects.filter(topic="gift_paid").count() == 1
        assert Transfer.objects.count() == 3
