"""Show 2: every order of a gift's events, with repeats, losses and two at once, ends in one ledger, to the yen."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import combinations_with_replacement
from pathlib import Path
from threading import Barrier, Lock, local
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import Settings

from donations import follow as following
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
from tests.donations.test_webhooks_race import both_at_once

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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ended", ["won", "lost"])
def test_any_two_events_at_the_same_instant_are_booked_once(
    two_programs: tuple[Program, Program],
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    ended: str,
) -> None:
    """Each pair has its own gift: both workers have asked, each at its event's moment, before either books."""
    program = two_programs[0]
    pairs = list(combinations_with_replacement(range(len(KINDS)), 2))
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        campaign = make_campaign(make_organisation(office), office)
        gifts = [begin(campaign, GIVEN, email=f"pair{number}@example.jp") for number in range(len(pairs))]
    with staged(tmp_path, settings, program, gifts, ended=ended) as stages:
        together = Together(stages, program, monkeypatch)
        for gift, pair in zip(gifts, pairs, strict=True):
            together.hear(gift, pair)
            for event in range(len(KINDS)):  # then all of them come in order, the two once more
                stages.at(event)
                following.ask_and_follow(program_id=program.pk, donation_id=gift.pk)
        stages.at(LAST)
        done = reconcile(program_id=program.pk, organisation_id=campaign.organisation.pk)
        witness = stages.witness()

    assert together.met == len(pairs)
    with acting_in(program.pk):
        told: Counter[Any] = Counter((source.partition(":")[0], leg, *rest) for source, leg, *rest in moved())
        assert told == {(*place, *rest): len(pairs) for place, rest in RIGHT[ended].items()}
        assert done.is_exact and done.stripe_yen == clearing_yen() == witness["balance_yen"]
        assert witness["agrees"] and violations() == []
        for model in (Refund, Dispute):
            assert model.objects.count() == len(pairs)  # type: ignore[attr-defined]
        assert Message.objects.filter(topic="gift_paid").count() == len(pairs)


class Together:
    """Two workers in threads: each hears of its event and asks Stripe at that moment; they meet, and both book."""

    def __init__(self, stages: Stages, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stages, self.program, self.met, self.own = stages, program, 0, local()
        self.one_asks, self.barrier = (
            Lock(),
            Barrier(2, timeout=10),
        )  # Stripe's address is one for all threads
        for name in ("ask_stripe", "fetch_after"):
            monkeypatch.setattr(following, name, self.at_its_moment(getattr(following, name)))
        monkeypatch.setattr(following, "confirm", self.when_both_have_asked(following.confirm))

    def at_its_moment(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*things: Any, **names: Any) -> Any:
            with self.one_asks:
                if hasattr(self.own, "stage"):
                    self.stages.at(self.own.stage)
                return ask(*things, **names)

        return asked

    def when_both_have_asked(self, confirm: Callable[..., Donation]) -> Callable[..., Donation]:
        def booked(**said: Any) -> Donation:
            if hasattr(self.own, "stage"):
                self.barrier.wait()
            return confirm(**said)

        return booked

    def hear(self, gift: Donation, pair: tuple[int, int]) -> None:
        moments = list(pair)

        def worker() -> str:
            self.own.stage = moments.pop()
            organisation = gift.campaign.organisation
            body = self.stages.events[str(gift.reference)][self.own.stage]
            assert deliver_to(Client(), self.program, organisation, body, signed(body)) == 200
            return following.ask_and_follow(program_id=self.program.pk, donation_id=gift.pk).state

        assert set(both_at_once(worker)) <= {"pending", "paid"}
        self.met += 1
