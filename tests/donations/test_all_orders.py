"""Show 2: every order of a gift's events, with repeats, losses and two at once, ends in one ledger, to the yen."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import combinations_with_replacement
from pathlib import Path
from threading import Barrier, Lock
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from donations import confirm as confirming
from donations import follow as following
from donations import refund as refunding
from donations import webhooks
from donations.confirm import confirm
from donations.models import Campaign, Dispute, Donation, Refund, WebhookEvent
from donations.reconcile import reconcile
from donations.sweep import sweep
from outbox.models import Message
from programs.models import Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.donations.conftest import begin, make_campaign, make_organisation, moved, violations, work_off
from tests.donations.stages import KINDS, LAST, REFUND_YEN, Stages, ask_each_stage_once, staged
from tests.donations.test_webhooks import deliver_to, signed
from tests.donations.test_webhooks_race import both_at_once, meet

pytestmark = pytest.mark.real_time
GIVEN, SHARE, FEE, DISPUTE_FEE = 10_000, 1_000, 360, 1_500
BACK_OPERATING = SHARE * REFUND_YEN // GIVEN
DISPUTED = GIVEN - REFUND_YEN

BOTH_WAYS = {  # the one right ledger, by (what happened, leg): from, to, yen
    ("donation", 1): ("stripe_clearing", "fund", GIVEN - SHARE),
    ("donation", 2): ("stripe_clearing", "operating", SHARE),
    ("donation", 3): ("payment_fees", "stripe_clearing", FEE),
    ("refund", 1): ("fund", "stripe_clearing", REFUND_YEN - BACK_OPERATING),
    ("refund", 2): ("operating", "stripe_clearing", BACK_OPERATING),
    ("dispute", 1): ("fund", "stripe_clearing", DISPUTED - (SHARE - BACK_OPERATING)),
    ("dispute", 2): ("operating", "stripe_clearing", SHARE - BACK_OPERATING),
    ("dispute", 4): ("payment_fees", "stripe_clearing", DISPUTE_FEE),
}
WON = {
    ("dispute-won", 1): ("stripe_clearing", "fund", DISPUTED - (SHARE - BACK_OPERATING)),
    ("dispute-won", 2): ("stripe_clearing", "operating", SHARE - BACK_OPERATING),
}
RIGHT = {"won": BOTH_WAYS | WON, "lost": BOTH_WAYS}


def ledger() -> dict[tuple[str, int], tuple[str, str, int]]:
    """One gift's transfers without the numbers of rows, which differ from order to order."""
    rows = moved()
    told = {(source.partition(":")[0], leg): rest for source, leg, *rest in rows}
    assert len(told) == len(rows), rows
    return {place: (debit, credit, yen) for place, (debit, credit, yen) in told.items()}


def end_of(ended: str) -> tuple[Any, ...]:
    gone = REFUND_YEN if ended == "won" else GIVEN
    return "paid", FEE, gone, [("done", REFUND_YEN)], [(ended, True, ended == "won")], RIGHT[ended]


def state_now() -> tuple[Any, ...]:
    gift = Donation.objects.get()
    return (
        gift.state,
        gift.fee_yen,
        gift.gone_yen,
        list(Refund.objects.values_list("state", "amount_yen")),
        list(Dispute.objects.values_list("state", "is_withdrawn", "is_returned")),
        ledger(),
    )


def clearing_yen() -> int:
    signs = [
        (row[4] if row[2] == "stripe_clearing" else 0) - (row[4] if row[3] == "stripe_clearing" else 0)
        for row in moved()
    ]
    return sum(signs)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside never happened: the next order finds the gift as it was."""
    place = transaction.savepoint()
    yield
    transaction.savepoint_rollback(place)


class Orders:
    """Walks every order of the events as a tree, so that what two orders begin with is done once."""

    def __init__(self, stages: Stages, program: Program, campaign: Campaign, ended: str) -> None:
        self.stages, self.program, self.organisation = stages, program, campaign.organisation
        self.ended, self.browser, self.seen = ended, Client(), Counter[int]()
        (self.events,) = stages.events.values()
        self.stripe_yen = stages.witness()["balance_yen"]

    def walk(self, told: tuple[int, ...] = (), *, first: int = 0) -> None:
        """Each event that was not told yet comes next, and is repeated at once."""
        for event in (one for one in range(first, len(KINDS)) if one not in told):
            with undone():
                self.stages.at(event)
                self.tell(event)
                so_far = (*told, event)
                if len(so_far) == len(KINDS) - first:
                    self.check_end(so_far)
                    continue
                if len(so_far) == len(KINDS) - first - 1:
                    self.check_with_one_lost(so_far)
                self.walk(so_far, first=first)

    def tell(self, event: int) -> None:
        """Twice through the door; then what it left is worked off: one message, and what that one left."""
        body, before = self.events[event], Message.objects.count()
        for _ in range(2):
            assert deliver_to(self.browser, self.program, self.organisation, body, signed(body)) == 200
        assert Message.objects.count() == before + 1, "a repeat left a message"
        work_off()

    def check_end(self, told: tuple[int, ...]) -> None:
        assert state_now() == end_of(self.ended), told
        assert clearing_yen() == self.stripe_yen, told
        assert WebhookEvent.objects.count() == len(told)
        for topic, times in (("gift_paid", 1), ("refund_done", 1)):
            assert Message.objects.filter(topic=topic).count() == times, (topic, told)
        if self.seen[len(told)] % 6 == 0:  # the ledger is the same each time: a sixth is enough
            assert violations() == [], told
        self.seen[len(told)] += 1

    def check_with_one_lost(self, told: tuple[int, ...]) -> None:
        """The event that is missing never comes: the sweep and the comparison find what it was about."""
        self.seen[-1] += 1
        if self.seen[-1] % 5:  # every fifth, so that each event is the lost one 24 times
            return
        with undone():
            self.stages.at(LAST)
            sweep(program=self.program, older_than=timedelta(0))
            done = reconcile(program_id=self.program.pk, organisation_id=self.organisation.pk)
            work_off()
            assert state_now() == end_of(self.ended), told
            assert (done.is_exact, done.difference_yen, done.open_lines) == (True, 0, 0), told
            assert done.stripe_yen == clearing_yen() == self.stripe_yen
            self.seen[-2] += 1


@pytest.fixture
def orders(
    request: pytest.FixtureRequest,
    program: Program,
    campaign: Campaign,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Orders]:
    ended = getattr(request, "param", "won")
    ask_each_stage_once(monkeypatch, settings)
    with staged(tmp_path, settings, program, [begin(campaign, GIVEN)], ended=ended) as stages:
        yield Orders(stages, program, campaign, ended)


def test_all_720_orders_of_six_events_end_in_one_ledger(orders: Orders) -> None:
    orders.walk()

    assert orders.seen[len(KINDS)] == 720
    assert orders.seen[-2] == 144  # with one event lost
    assert orders.stages.witness()["agrees"]


@pytest.mark.parametrize("orders", ["lost"], indirect=True)
def test_a_lost_dispute_takes_the_gift_once_in_all_120_orders(orders: Orders) -> None:
    orders.walk(first=1)

    assert (orders.seen[len(KINDS) - 1], orders.seen[-2]) == (120, 24)
