"""donations.watch_promises: what time does to all-or-nothing campaigns, each thing once."""

from datetime import timedelta

import pytest
from django.core import mail

from config.beat import TIMETABLE
from donations.close_campaign import close_campaign
from donations.models import Campaign, Donation, Organisation
from donations.pay_late import ask_late_page
from donations.watch_promises import AT_LATEST, PAGES_END_AFTER, watch_all
from kernel.clock import now, start_of
from outbox.models import Job, Message
from programs.models import Membership, Program
from tests.donations.conftest import KEY, begin, violations, work_off
from tests.donations.promises import (
    DECLINED_LATER,
    all_or_nothing,
    card_of,
    charges_at,
    over,
    promised,
    saved,
)
from tests.stripe_standin.running import Standin


@pytest.fixture
def campaign(organisation: Organisation, office: Membership) -> Campaign:
    return all_or_nothing(organisation, office, goal_yen=10_000)


def state_of(thing: Campaign | Donation) -> str:
    thing.refresh_from_db()
    return str(thing.state)


def test_it_is_on_the_timetable() -> None:
    assert "donations.promises" in {entry["task"] for entry in TIMETABLE.values()}


def test_a_campaign_ends_by_itself_when_its_pages_are_closed(campaign: Campaign) -> None:
    saved(campaign)
    watch_all()
    assert state_of(campaign) == "open"

    over(campaign)
    watch_all()
    assert state_of(campaign) == "closed" and campaign.goal_met is True
    watch_all()
    assert Job.objects.count() == 1


def test_while_the_end_of_a_page_is_unknown_it_waits_a_day_at_most(campaign: Campaign) -> None:
    saved(campaign)
    waiting = begin(campaign, 5_000)
    Donation.objects.filter(pk=waiting.pk).update(state="pending", session_id="cs_unknown")
    over(campaign)
    ended_at = start_of(campaign.last_day + timedelta(days=1))
    assert PAGES_END_AFTER < now() - ended_at < AT_LATEST

    watch_all()
    assert state_of(campaign) == "open"
    Campaign.objects.filter(pk=campaign.pk).update(last_day=campaign.last_day - timedelta(days=1))
    watch_all()
    assert state_of(campaign) == "closed"


def test_a_job_that_stopped_is_begun_anew_for_what_it_left(campaign: Campaign, office: Membership) -> None:
    saved(campaign)
    close_campaign(campaign=over(campaign), actor=office)
    Job.objects.update(state=Job.State.STOPPED, ended_at=now())

    watch_all()

    assert list(Job.objects.order_by("id").values_list("state", flat=True)) == ["stopped", "running"]
    watch_all()
    assert Job.objects.count() == 2


@pytest.mark.real_time
def test_a_donor_is_reminded_once_and_given_up_once_when_the_time_is_over(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    gift = promised(standin, program, campaign, card=DECLINED_LATER)
    close_campaign(campaign=over(campaign), actor=office)
    work_off()
    watch_all()
    assert not Message.objects.filter(topic="promise_reminder").exists()

    Donation.objects.filter(pk=gift.pk).update(pay_until=now() + timedelta(days=2))
    watch_all()
    watch_all()
    assert Message.objects.filter(topic="promise_reminder").count() == 1

    Donation.objects.filter(pk=gift.pk).update(pay_until=now() - timedelta(minutes=1))
    watch_all()
    watch_all()
    work_off()
    assert state_of(gift) == "failed" and card_of(gift).detached_at
    assert Message.objects.filter(topic="promise_failed").count() == 1
    assert charges_at(standin, KEY) == [] and violations() == []
    assert "支払われませんでした" in mail.outbox[-1].body or "支払い" in mail.outbox[-1].body


@pytest.mark.real_time
def test_who_has_just_paid_is_not_given_up(
    program: Program, campaign: Campaign, office: Membership, standin: Standin
) -> None:
    gift = promised(standin, program, campaign, card=DECLINED_LATER)
    close_campaign(campaign=over(campaign), actor=office)
    work_off()
    standin.pay(ask_late_page(program=program, donation_id=gift.pk))
    Donation.objects.filter(pk=gift.pk).update(pay_until=now() - timedelta(minutes=1))

    watch_all()

    assert state_of(gift) == "paid" and charges_at(standin, KEY) == [10_000]
