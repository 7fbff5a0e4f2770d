"""donations.pay_late, take_in_decline and forget_card: a declined promise is paid by hand, or owed no more."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from donations.close_campaign import close_campaign
from donations.follow import ask_and_follow
from donations.forget_card import forget_card
from donations.models import Campaign, Donation, Organisation, SavedCard
from donations.pay_late import ask_late_page
from donations.promise_mail import tell_promiser
from donations.take_in_decline import PAY_DAYS, pay_until
from kernel.clock import day_of, now, today
from outbox.models import Message
from programs.models import Membership, Program
from tests.donations.conftest import KEY, violations, work_off
from tests.donations.promises import (
    DECLINED_LATER,
    all_or_nothing,
    card_of,
    charges_at,
    over,
    promised,
    saved,
)
from tests.donations.test_donor_screens import text_of
from tests.stripe_standin.running import Standin


@pytest.fixture
def campaign(organisation: Organisation, office: Membership) -> Campaign:
    return all_or_nothing(organisation, office, goal_yen=10_000)


@pytest.fixture
def declined(program: Program, campaign: Campaign, office: Membership, standin: Standin) -> Donation:
    """The goal was met and this card could not be charged."""
    gift = promised(standin, program, campaign, card=DECLINED_LATER)
    close_campaign(campaign=over(campaign), actor=office)
    work_off()
    gift.refresh_from_db()
    return gift


@pytest.mark.real_time
def test_the_donor_is_told_what_to_do_and_has_a_week(declined: Donation) -> None:
    assert declined.state == "declined" and declined.pay_until
    assert day_of(declined.pay_until) == today() + timedelta(days=PAY_DAYS) == day_of(pay_until())
    told = [letter.body for letter in mail.outbox if str(declined.reference) in letter.body]
    assert any("お金はいただいていません" in body for body in told)


@pytest.mark.real_time
def test_who_comes_from_the_mail_sees_which_gift_it_was(
    client: Client, program: Program, campaign: Campaign, declined: Donation
) -> None:
    words = text_of(client.get(f"/{program.slug}/gifts/{declined.reference}/"))

    assert campaign.title in words and str(declined.pk) in words and "10,000円のお支払いを続ける" in words


@pytest.mark.real_time
def test_it_is_paid_on_a_page_and_the_old_card_is_forgotten(
    program: Program, declined: Donation, standin: Standin
) -> None:
    page = ask_late_page(program=program, donation_id=declined.pk)
    assert ask_late_page(program=program, donation_id=declined.pk) == page  # one page at a time

    standin.pay(page)
    standin.settled()
    paid = ask_and_follow(program_id=program.pk, donation_id=declined.pk)
    work_off()

    assert (paid.state, charges_at(standin, KEY), violations()) == ("paid", [10_000], [])
    assert card_of(paid).detached_at
    assert f"/gifts/{paid.reference}/" in ask_late_page(program=program, donation_id=paid.pk)


@pytest.mark.real_time
def test_when_the_time_is_over_there_is_no_page_any_more(program: Program, declined: Donation) -> None:
    Donation.objects.filter(pk=declined.pk).update(pay_until=now() - timedelta(seconds=1))

    assert f"/gifts/{declined.reference}/" in ask_late_page(program=program, donation_id=declined.pk)
    assert card_of(declined).page_session_id == ""


@pytest.mark.real_time
def test_a_card_that_may_still_be_charged_is_not_forgotten(
    program: Program, campaign: Campaign, declined: Donation, standin: Standin
) -> None:
    forget_card(program_id=program.pk, donation_id=declined.pk)

    assert card_of(declined).detached_at is None


@pytest.mark.real_time
def test_the_button_of_another_program_leads_nowhere(
    client: Client, declined: Donation, other_program: Program
) -> None:
    answer = client.post(f"/{other_program.slug}/gifts/{declined.reference}/pay-late/")

    assert answer.status_code == 404


def test_a_mail_that_is_no_longer_true_is_not_sent(campaign: Campaign) -> None:
    gift = saved(campaign)
    told = Message.objects.get(topic="card_saved")
    Donation.objects.filter(pk=gift.pk).update(state="let_go")
    SavedCard.objects.update(let_go_why="taken_back", let_go_at=now())
    mail.outbox.clear()

    tell_promiser(told)

    assert not mail.outbox
