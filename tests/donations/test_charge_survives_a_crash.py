"""The worker killed in the middle of charging 40 saved cards: all 40 are charged once, by Stripe's own books.

Real processes, as in tests/coupons/test_issue_survives_a_crash.py: a Redis of the test's own, a Celery worker
(then another) and the relay.
"""

import os
import signal
import sys

import pytest

from donations.close_campaign import close_campaign
from donations.follow import ask_and_follow
from donations.give import ask_to_pay
from donations.models import Donation, SavedCard
from ledger.balances import balance_yen
from ledger.models import Transfer
from outbox.models import Job, Message
from programs.models import Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.test_issue_survives_a_crash import (  # noqa: F401  fixtures
    Processes,
    own_redis,
    processes,
    wait_until,
)
from tests.donations.conftest import KEY, begin, make_organisation, violations
from tests.donations.promises import all_or_nothing, charges_at, over
from tests.stripe_standin.running import Standin

CARDS, YEN = 40, 5_000
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_time]


def test_every_card_is_charged_once(
    two_programs: tuple[Program, Program],
    processes: Processes,  # noqa: F811
    standin: Standin,
) -> None:
    program = two_programs[0]
    processes.environment["STRIPE_API_BASE"] = standin.base_url
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        campaign = all_or_nothing(make_organisation(office), office, goal_yen=CARDS * YEN)
    for _ in range(CARDS):
        with acting_in(program.pk):
            gift = begin(campaign, YEN)
        standin.pay(ask_to_pay(program=program, donation_id=gift.pk))
        ask_and_follow(program_id=program.pk, donation_id=gift.pk)
    with acting_in(program.pk):
        closed = close_campaign(campaign=over(campaign), actor=office)

    def paid() -> int:
        with acting_in(program.pk):
            return Donation.objects.filter(state="paid").count()

    def everything_is_done() -> bool:
        with acting_in(program.pk):
            return not Message.objects.filter(done_at__isnull=True).exists()

    first = processes.worker()
    processes.start(sys.executable, "manage.py", "relay")
    wait_until(lambda: paid() >= 8, seconds=60, words=processes.words)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    at_the_crash = paid()
    assert 8 <= at_the_crash < CARDS
    processes.worker()
    wait_until(everything_is_done, seconds=120, words=processes.words)

    assert charges_at(standin, KEY) == [YEN] * CARDS
    witness = next(iter(standin.control("ledger")["accounts"].values()))
    assert witness["agrees"] and len(witness["payments"]) == CARDS
    with acting_in(program.pk):
        assert closed.goal_met is True and paid() == CARDS
        assert Job.objects.get(pk=closed.job_id).state == "done"
        assert Transfer.objects.filter(leg=1, source__startswith="donation:").count() == CARDS
        assert closed.fund and balance_yen(closed.fund) == CARDS * YEN * 9 // 10
        assert not SavedCard.objects.filter(detached_at=None).exists() and violations() == []
        told = Message.objects.filter(topic="gift_paid")
        assert told.values("about").distinct().count() == told.count() == CARDS
