"""kill -9 where it hurts: Stripe has acted and we have not written it down. Afterwards both sides agree to the yen.

Real processes: a Celery worker, the relay, a run of the comparison. Each is stopped at the very place by a row that
the test holds, seen to wait there, and killed.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from donations.follow import ask_and_follow
from donations.give import ask_to_pay
from donations.models import Campaign, Donation, Organisation, Refund, StripeLine
from donations.read_stripe_lines import read_stripe_lines
from donations.reconcile import reconcile
from donations.refund import hold_gift, refund
from donations.stripe_gateway.lists import list_lines
from kernel.clock import now
from ledger.balances import balance_yen
from outbox.models import Message
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.test_issue_survives_a_crash import Processes, own_redis, processes, wait_until
from tests.donations.conftest import KEY, begin, make_campaign, make_organisation, moved, violations
from tests.stripe_standin.running import Standin

__all__ = ["own_redis", "processes"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_time]
BACK_YEN = 4_000
COMPARE = """
import sys, django
django.setup()
from donations import read_stripe_lines
read_stripe_lines.AT_ONCE = 3  # several parts of a short list
from donations.reconcile import reconcile
reconcile(program_id=int(sys.argv[1]), organisation_id=int(sys.argv[2]))
"""


class Stage:
    """A committed campaign, the stand-in, and the processes that are pointed to both."""

    def __init__(self, program: Program, standin: Standin, processes: Processes) -> None:
        self.program, self.standin, self.processes = program, standin, processes
        processes.environment |= {
            "STRIPE_API_BASE": standin.base_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        with acting_in(program.pk):
            self.office: Membership = member(program, Role.OFFICE)
            self.campaign: Campaign = make_campaign(make_organisation(self.office), self.office)
        self.organisation: Organisation = self.campaign.organisation

    def paid(self, gift: Donation) -> str:
        """At the stand-in; nobody tells us."""
        self.standin.pay(ask_to_pay(program=self.program, donation_id=gift.pk))
        self.standin.settled()
        return gift.source

    def witness(self) -> dict[str, Any]:
        (books,) = self.standin.control(f"ledger?key={KEY}")["accounts"].values()
        return dict(books)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def check_exact(self) -> None:
        done = reconcile(program_id=self.program.pk, organisation_id=self.organisation.pk)
        witness = self.witness()
        with acting_in(self.program.pk):
            assert done.is_exact and witness["agrees"]
            assert balance_yen(self.organisation.clearing) == done.stripe_yen == witness["balance_yen"]
            assert violations() == []
            places = [row[:2] for row in moved()]
            assert len(places) == len(set(places))


@pytest.fixture
def stage(two_programs: tuple[Program, Program], standin: Standin, processes: Processes) -> Stage:  # noqa: F811
    return Stage(two_programs[0], standin, processes)


def someone_waits() -> bool:
    """Another session of ours stands before a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees others as they once were
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()"
        )
        return bool(cursor.fetchone()[0])


# --- a refund ------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["answer on its way", "answered"])
def test_a_worker_killed_within_a_refund_sends_it_once(stage: Stage, moment: str) -> None:
    with acting_in(stage.program.pk):
        gift = begin(stage.campaign, 10_000)
    stage.paid(gift)
    reconcile(program_id=stage.program.pk, organisation_id=stage.organisation.pk)
    with acting_in(stage.program.pk):
        gift.refresh_from_db()
        asked = refund(
            donation=gift, amount_yen=BACK_YEN, reason="x", request_key=uuid4(), actor=stage.office
        )
    if moment == "answer on its way":
        stage.standin.control("faults", {"timeout_after_commit": 1, "hang_ms": 9_000})
    stage.processes.start(sys.executable, "manage.py", "relay")

    with acting_in(stage.program.pk):  # our commit comes no further than this lock
        hold_gift(gift.pk)
        worker = stage.processes.worker()
        words = stage.processes.words
        wait_until(lambda: stage.witness()["refunded_yen"] == BACK_YEN, seconds=60, words=words)
        if moment == "answered":
            wait_until(someone_waits, seconds=20, words=words)
        stage.kill(worker)
        assert Refund.objects.get().state == "asked" and Refund.objects.get().refund_id == ""

    stage.processes.worker()
    wait_until(lambda: is_worked_off(stage.program), seconds=90, words=stage.processes.words)
    with acting_in(stage.program.pk):
        asked.refresh_from_db()
        assert (asked.state, asked.amount_yen) == ("done", BACK_YEN)
        assert Message.objects.filter(topic="refund_done").count() == 1
        assert Message.objects.get(topic="refund_asked").attempts == 2  # it was truly cut off
        gone = sum(yen for source, _leg, _from, _to, yen in moved() if source == asked.source)
        assert (gone, Donation.objects.get().gone_yen) == (BACK_YEN, BACK_YEN)
    assert stage.witness()["refunded_yen"] == BACK_YEN
    stage.check_exact()


def is_worked_off(program: Program) -> bool:
    with acting_in(program.pk):
        return not Message.objects.filter(done_at__isnull=True).exists()


# --- the comparison ------------------------------------------------------------------------------


@contextmanager
def held_while_reading(stage: Stage) -> Iterator[Callable[[], bool]]:
    """The newest line is being written by somebody else: the last part waits, the others are in."""
    newest = newest_line(stage)
    with acting_in(stage.program.pk), transaction.atomic():
        newest.save(force_insert=True)
        yield lambda: 0 < StripeLine.objects.exclude(line_id=newest.line_id).count() < 7
        transaction.set_rollback(True)


def newest_line(stage: Stage) -> StripeLine:
    said = next(iter(list_lines(organisation=stage.organisation, since=None)))
    return StripeLine(
        organisation=stage.organisation,
        program_id=stage.program.pk,
        line_id=said.line_id,
        kind=said.kind,
        amount_yen=said.amount_yen,
        fee_yen=said.fee_yen,
        net_yen=said.net_yen,
        happened_at=now(),
    )


@contextmanager
def held_while_explaining(stage: Stage) -> Iterator[Callable[[], bool]]:
    """All lines are in; one of them is held, so that the names of none are written."""
    read_stripe_lines(program_id=stage.program.pk, organisation_id=stage.organisation.pk)
    with acting_in(stage.program.pk):
        heard_of = Donation.objects.filter(state="paid").values("charge_id")
        list(StripeLine.objects.select_for_update(of=("self",)).filter(source_id__in=heard_of)[:1])
        yield lambda: not StripeLine.objects.exclude(explained_by="").exists()


@contextmanager
def held_while_booking(stage: Stage) -> Iterator[Callable[[], bool]]:
    """Of the gifts that nobody told us of, the first is booked; the last is held."""
    with acting_in(stage.program.pk):
        waiting = Donation.objects.filter(state="pending").order_by("id")
        before = waiting.count()
        hold_gift(waiting.reverse()[0].pk)
        yield lambda: 0 < waiting.count() < before


@pytest.mark.parametrize("held", [held_while_reading, held_while_explaining, held_while_booking])
def test_a_comparison_killed_in_its_middle_is_done_by_the_next(stage: Stage, held: Any) -> None:
    with acting_in(stage.program.pk):
        gifts = [begin(stage.campaign, 10_000 + n, email=f"donor{n}@example.jp") for n in range(6)]
    for gift in gifts:
        stage.paid(gift)
    for gift in gifts[:3]:
        ask_and_follow(program_id=stage.program.pk, donation_id=gift.pk)
    with acting_in(stage.program.pk):
        charge = Donation.objects.get(pk=gifts[1].pk).charge_id
    stage.standin.control("refund", {"charge": charge, "amount": BACK_YEN})

    with held(stage) as is_in_the_middle:
        run = stage.processes.start(
            sys.executable, "-c", COMPARE, str(stage.program.pk), str(stage.organisation.pk)
        )
        wait_until(someone_waits, seconds=60, words=stage.processes.words)
        assert is_in_the_middle()
        stage.kill(run)

    stage.check_exact()
    with acting_in(stage.program.pk):
        assert Donation.objects.filter(state="paid").count() == 6
        assert StripeLine.objects.count() == 7 and not StripeLine.objects.filter(explained_by="").exists()
