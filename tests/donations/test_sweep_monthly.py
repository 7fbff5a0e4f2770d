"""donations.sweep_monthly: what no webhook told is found, soon or at night."""

from datetime import timedelta

import pytest
from celery import current_app

from config.beat import TIMETABLE
from donations.bring_to_stripe import bring_to_stripe
from donations.models import Campaign, Organisation, Pledge
from donations.start_monthly import ask_to_begin
from donations.stop_monthly import stop_monthly
from donations.sweep_monthly import sweep_monthly, sweep_monthly_all
from donations.tasks import look_after_monthly_gifts
from programs.models import Membership, Program
from tests.donations.monthly import MONTH, begun, older, running, standing_campaign, wished
from tests.stripe_standin.running import Standin


@pytest.fixture
def standing(organisation: Organisation, office: Membership) -> Campaign:
    return standing_campaign(organisation, office)


@pytest.mark.real_time
def test_a_first_payment_nobody_told_us_of_is_found_within_minutes(
    program: Program, standing: Campaign, standin: Standin
) -> None:
    pledge, lost = wished(standing), wished(standing, 5_000)
    standin.pay(ask_to_begin(program=program, pledge_id=pledge.pk))
    standin.settled()
    assert sweep_monthly(program=program) == 0  # too young: it is being paid
    for one in (pledge, lost):
        older(one, minutes=3)

    assert sweep_monthly_all(is_night=False) == 2

    pledge.refresh_from_db()
    lost.refresh_from_db()
    assert (pledge.state, pledge.donations.get().fee_yen, lost.state) == ("active", 108, "pending")


@pytest.mark.real_time
def test_at_night_every_running_one_is_asked_about(
    program: Program, standing: Campaign, standin: Standin
) -> None:
    pledge = begun(standin, program, standing)
    standin.control("advance", {"seconds": 2 * MONTH})
    standin.settled()

    assert sweep_monthly(program=program) == 0
    assert sweep_monthly(program=program, is_night=True) == 1

    assert pledge.donations.filter(state="paid", fee_yen=108).count() == 3


@pytest.mark.real_time
def test_a_stop_that_stripe_did_not_hear_is_told_again(
    program: Program, standing: Campaign, standin: Standin, office: Membership
) -> None:
    pledge = begun(standin, program, standing)
    stop_monthly(pledge=pledge, actor=office)  # and its message is lost

    assert sweep_monthly(program=program) == 1

    pledge.refresh_from_db()
    assert pledge.state == "ended" and sweep_monthly(program=program) == 0
    assert bring_to_stripe(program_id=program.pk, pledge_id=pledge.pk).state == "ended"


@pytest.mark.real_time
def test_one_that_stripe_does_not_know_stops_no_other(
    program: Program, standing: Campaign, standin: Standin
) -> None:
    strange, good = running(standing, email="strange@example.jp"), begun(standin, program, standing)
    standin.control("advance", {"seconds": MONTH})
    standin.settled()

    assert sweep_monthly(program=program, is_night=True) == 2

    strange.refresh_from_db()
    assert strange.state == "active" and good.donations.count() == 2


def test_stripe_away_ends_the_round(program: Program, standing: Campaign, stripe_away: None) -> None:
    for number in range(3):
        running(standing, email=f"{number}@example.jp")

    assert sweep_monthly(program=program, is_night=True, older_than=timedelta(0)) == 0
    assert Pledge.objects.filter(state="active").count() == 3


def test_the_night_is_on_the_timetable(db: None) -> None:
    assert "donations.monthly" in {entry["task"] for entry in TIMETABLE.values()}
    assert "donations.monthly" in {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    look_after_monthly_gifts()
