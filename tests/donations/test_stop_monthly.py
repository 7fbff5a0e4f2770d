"""donations.stop_monthly and bring_to_stripe: nothing more is charged, also when Stripe hears of it later."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from pytest_django.fixtures import Settings

from audit.models import Record
from collective.desk import desk
from donations.bring_to_stripe import bring_to_stripe
from donations.close_campaign import close_campaign
from donations.errors import GiftsStillPending, MonthlyNotRunning, PaymentServiceAway
from donations.models import Campaign, Finding, Organisation, Pledge
from donations.settle_campaign import settle_campaign
from donations.start_monthly import ask_to_begin
from donations.stop_monthly import stop_monthly, stop_monthly_of
from donations.take_in_months import take_in_months
from kernel.clock import now
from kernel.errors import NotAllowed
from outbox.models import Message
from programs.models import Membership, Program, Role
from tests.conftest import FROZEN, member
from tests.donations.conftest import violations, work_off
from tests.donations.monthly import (
    a_month,
    advance,
    asked_again,
    begun,
    running,
    said_of,
    standing_campaign,
    wished,
)
from tests.stripe_standin.running import Standin


@pytest.fixture
def standing(organisation: Organisation, office: Membership) -> Campaign:
    return standing_campaign(organisation, office)


def owner(pledge: Pledge) -> Membership:
    return Membership.objects.get(user=pledge.user, role=Role.DONOR)


def test_it_is_written_down_once_and_stripe_gets_one_message(standing: Campaign) -> None:
    pledge = running(standing)

    for _ in range(2):
        stopped = stop_monthly(pledge=pledge, actor=owner(pledge))

    assert stopped.is_stopping and (stopped.stop_why, stopped.next_charge_on) == ("donor", None)
    assert Record.objects.get(verb="monthly.stop_asked").actor_id == owner(pledge).pk
    assert Message.objects.filter(topic="monthly_to_stripe").count() == 1


def test_only_its_donor_or_the_secretariat_stops_it(
    program: Program, standing: Campaign, office: Membership
) -> None:
    pledge, stranger = running(standing), running(standing, email="other@example.jp")
    city = member(program, Role.CITY)
    Membership.objects.create(user=pledge.user, role=Role.GUARDIAN)
    guardian = Membership.objects.get(user=pledge.user, role=Role.GUARDIAN)

    for actor in (owner(stranger), city, guardian):
        with pytest.raises(NotAllowed):
            stop_monthly(pledge=pledge, actor=actor)
    pledge.refresh_from_db()
    assert pledge.stop_asked_at is None

    assert stop_monthly(pledge=pledge, actor=office).stop_why == "office"


def test_one_that_never_began_is_not_stopped(standing: Campaign, office: Membership) -> None:
    with pytest.raises(MonthlyNotRunning):
        stop_monthly(pledge=wished(standing), actor=office)


@pytest.mark.real_time
def test_after_the_stop_no_month_is_charged(program: Program, standing: Campaign, standin: Standin) -> None:
    pledge = begun(standin, program, standing)
    stop_monthly(pledge=pledge, actor=owner(pledge))

    work_off()
    advance(standin, 3 * 31 * 86_400)
    pledge = asked_again(program, pledge)

    assert (pledge.state, pledge.stop_why, pledge.donations.count()) == ("ended", "donor", 1)
    witness = next(iter(standin.control("ledger")["accounts"].values()))
    assert witness["charged_yen"] == 3_000 and not violations()
    assert mail.outbox[-1].subject == "毎月の寄付を停止しました"
    assert bring_to_stripe(program_id=program.pk, pledge_id=pledge.pk).state == "ended"


@pytest.mark.real_time
def test_stripe_away_is_told_later_and_the_desk_shows_it(
    program: Program, standing: Campaign, standin: Standin, settings: Settings
) -> None:
    pledge, address = begun(standin, program, standing), settings.STRIPE_API_BASE
    stop_monthly(pledge=pledge, actor=owner(pledge))
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    with pytest.raises(PaymentServiceAway):
        bring_to_stripe(program_id=program.pk, pledge_id=pledge.pk)
    Pledge.objects.update(to_stripe_at=now() - timedelta(minutes=11))
    assert [(one.count, one.is_trouble) for one in desk().queue if one.page == "office-monthly"] == [
        (1, True)
    ]

    settings.STRIPE_API_BASE = address
    ended = bring_to_stripe(program_id=program.pk, pledge_id=pledge.pk)

    assert ended.state == "ended" and not [one for one in desk().queue if one.page == "office-monthly"]


def test_a_month_charged_after_the_stop_is_booked_and_a_question(
    standing: Campaign, office: Membership
) -> None:
    pledge = running(standing)
    stop_monthly(pledge=pledge, actor=office)
    before = take_in_months(pledge_id=pledge.pk, said=said_of(pledge, a_month(pledge, 2)))
    assert before.is_stopping and not Finding.objects.exists()  # charged before, heard of late

    late = a_month(pledge, 3, paid_at=now() + timedelta(seconds=1))
    after = take_in_months(pledge_id=pledge.pk, said=said_of(pledge, late))

    third = after.donations.latest("pk")
    finding = Finding.objects.get(kind="charged_after_stop")
    assert (finding.about, finding.amount_yen) == (third.source, 3_000) and third.state == "paid"


@pytest.mark.real_time
def test_a_closed_campaign_stops_them_all_and_tells_the_donors(
    program: Program, standing: Campaign, standin: Standin, office: Membership
) -> None:
    pledge, late = begun(standin, program, standing), wished(standing, 5_000, email="late@example.jp")
    page = ask_to_begin(program=program, pledge_id=late.pk)

    close_campaign(campaign=standing, actor=office)
    standin.pay(page)  # its page was open
    standin.settled()
    with pytest.raises(GiftsStillPending):
        settle_campaign(campaign=standing, actor=office)
    work_off()
    asked_again(program, late)
    work_off()
    assert stop_monthly_of(campaign=standing) == 0

    advance(standin, 3 * 31 * 86_400)
    for one, yen in ((pledge, 3_000), (late, 5_000)):
        one = asked_again(program, one)
        assert (one.state, one.stop_why, one.donations.get().amount_yen) == ("ended", "campaign", yen)
    told = [(m.to[0], "募集が終了しました" in m.body) for m in mail.outbox if "停止" in m.subject]
    assert sorted(told) == [("hanako@example.jp", True), ("late@example.jp", True)]
    assert settle_campaign(campaign=standing, actor=office).raised_yen == 8_000


def test_the_desk_is_quiet_while_it_is_being_told(standing: Campaign, office: Membership) -> None:
    pledge = running(standing)
    stop_monthly(pledge=pledge, actor=office)

    assert not [one for one in desk().queue if one.page == "office-monthly"]
    with time_machine.travel(FROZEN + timedelta(minutes=11), tick=False):
        assert [one.count for one in desk().queue if one.page == "office-monthly"] == [1]
