"""donations.sweep: gifts whose end nobody told us."""

from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app

from config.beat import TIMETABLE
from donations.give import ask_to_pay
from donations.models import Campaign, Donation
from donations.sweep import sweep, sweep_all
from donations.tasks import sweep_gifts
from kernel.clock import now
from ledger.models import Transfer
from programs.models import Program
from tests.donations.conftest import begin
from tests.donations.test_confirm import pending
from tests.stripe_standin.running import Standin


@pytest.mark.real_time
def test_a_paid_gift_without_any_webhook_is_found(
    program: Program, campaign: Campaign, standin: Standin
) -> None:
    donation = begin(campaign)
    standin.pay(ask_to_pay(program=program, donation_id=donation.pk))
    standin.settled()
    assert sweep(program=program) == 0  # too young: it is being paid
    Donation.objects.update(started_at=now() - timedelta(minutes=3))

    assert sweep_all() == 1

    donation.refresh_from_db()
    assert (donation.state, donation.fee_yen) == ("paid", 360)
    assert sweep_all() == 0 and Transfer.objects.count() == 3


@pytest.mark.real_time
def test_a_page_nobody_paid_at_is_closed(program: Program, campaign: Campaign, standin: Standin) -> None:
    donation = begin(campaign)
    ask_to_pay(program=program, donation_id=donation.pk)
    standin.control("advance", {"seconds": 3_600})

    sweep(program=program, older_than=timedelta(0))

    donation.refresh_from_db()
    assert donation.state == "expired" and not Transfer.objects.exists()


def test_stripe_away_ends_the_round_and_changes_nothing(
    program: Program, campaign: Campaign, stripe_away: None
) -> None:
    for _ in range(3):
        pending(campaign)
    Donation.objects.update(started_at=now() - timedelta(minutes=3))

    assert sweep(program=program) == 0
    assert Donation.objects.filter(state="pending").count() == 3


def test_the_sweep_is_on_the_timetable_and_runs_without_a_program(
    two_programs: tuple[Program, Program],
) -> None:
    tasks = {entry["task"] for entry in TIMETABLE.values()}

    assert "donations.sweep" in tasks and sweep_gifts.name == "donations.sweep"
    assert "donations.sweep" in {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    sweep_gifts()


def test_the_timetable_stands_in_no_program(two_programs: tuple[Program, Program]) -> None:
    """Every read of a round opens its own program; the fixture `program` would hide one that does not."""
    assert sweep_all() == 0


def test_only_the_gateway_imports_stripe() -> None:
    importers = {
        path.parent.name for path in Path("donations").rglob("*.py") if "import stripe" in path.read_text()
    }

    assert importers == {"stripe_gateway"}
