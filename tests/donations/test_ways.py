"""donations.ways: each way to pay from the form to the books, with its waiting and its failure."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from audit.models import Record
from donations.errors import AmountOutOfBounds, WayNotOffered
from donations.follow import ask_and_follow
from donations.give import ask_to_pay
from donations.models import Campaign, Donation, Finding, Organisation
from donations.reconcile import reconcile
from donations.set_ways import set_ways
from donations.sweep import sweep
from donations.ways import WAYS, pay_by, ways_of
from kernel.clock import now
from kernel.errors import NotAllowed
from ledger.balances import balance_yen
from programs.models import Membership, Program
from tests.donations.conftest import KEY, begin, fields_of, violations, work_off
from tests.metrics.conftest import signed_in
from tests.stripe_standin.running import Standin

ALL = ["konbini", "bank_transfer", "paypay"]
AT_STRIPE = {"konbini": "konbini", "bank_transfer": "customer_balance", "paypay": "paypay"}


@pytest.fixture
def open_ways(campaign: Campaign, office: Membership) -> Campaign:
    """The campaign, with every way switched on."""
    set_ways(organisation=campaign.organisation, ways=ALL, actor=office)
    return Campaign.objects.select_related("organisation").get(pk=campaign.pk)


def chosen(standin: Standin, program: Program, campaign: Campaign, way: str, **how: Any) -> Donation:
    """A gift whose donor has been on Stripe's page and chosen there as here."""
    donation = begin(campaign, 10_000, method=way)
    standin.pay_by(AT_STRIPE[way], ask_to_pay(program=program, donation_id=donation.pk), **how)
    return ask_and_follow(program_id=program.pk, donation_id=donation.pk)


def asked_again(program: Program, donation: Donation) -> Donation:
    return ask_and_follow(program_id=program.pk, donation_id=donation.pk)


def session_of(donation: Donation) -> dict[str, str]:
    return {"session": donation.session_id}


def books_agree(standin: Standin, program: Program, campaign: Campaign) -> None:
    """Ours, the stand-in's, and its list line by line."""
    standin.settled()
    for donation in Donation.objects.exclude(session_id=""):
        asked_again(program, donation)
    done = reconcile(program_id=program.pk, organisation_id=campaign.organisation.pk)
    (books,) = standin.control(f"ledger?key={KEY}")["accounts"].values()
    assert done.is_exact and done.stripe_yen == books["balance_yen"] == balance_yen(
        campaign.organisation.clearing
    )
    assert violations() == []


def test_only_what_is_switched_on_is_offered_and_all_or_nothing_keeps_to_cards(
    campaign: Campaign, open_ways: Campaign
) -> None:
    assert [way.method for way in ways_of(open_ways)] == ["card", *ALL]
    open_ways.kind = Campaign.Kind.ALL_OR_NOTHING
    assert ways_of(open_ways) == [WAYS[0]]
    with pytest.raises(WayNotOffered):
        Organisation.objects.update(takes_paypay=False)
        begin(open_ways, method="paypay")


def test_a_shop_takes_no_more_than_300_000_yen(open_ways: Campaign) -> None:
    with pytest.raises(AmountOutOfBounds):
        begin(open_ways, 300_001, method="konbini")
    assert begin(open_ways, 300_000, method="konbini").method == "konbini"


def test_the_form_offers_the_ways_and_keeps_the_choice(
    client: Client, program: Program, open_ways: Campaign
) -> None:
    place = f"/{program.slug}/campaigns/{open_ways.pk}/"
    assert "コンビニ（30万円まで）" in client.get(place).content.decode()

    typed = fields_of(open_ways, method="konbini", amount_choice="own", amount_own="４００，０００")
    answer = client.post(f"{place}give/", typed)
    shown = answer.content.decode()
    assert answer.status_code == 422 and "300,000" in shown
    assert 'value="konbini"' in shown
    assert client.post(f"{place}give/", fields_of(open_ways, method="gold")).status_code == 422
    assert not Donation.objects.exists()


@pytest.mark.real_time
def test_konbini_waits_with_a_deadline_then_is_paid(
    client: Client, program: Program, open_ways: Campaign, standin: Standin
) -> None:
    waiting = chosen(standin, program, open_ways, "konbini")

    assert (waiting.state, waiting.charge_id) == ("pending", "")
    assert waiting.pay_until and now() + timedelta(days=6) < waiting.pay_until < now() + timedelta(days=9)
    shown = client.get(f"/{program.slug}/gifts/{waiting.reference}/").content.decode()
    assert "コンビニで使う番号を見る" in shown and "お金はまだ動いていません" in shown
    work_off()
    assert [one.subject for one in mail.outbox] == ["お支払いのご案内"]

    standin.control("konbini/pay", session_of(waiting))
    assert asked_again(program, waiting).state == "paid"
    books_agree(standin, program, open_ways)


@pytest.mark.real_time
def test_konbini_that_nobody_paid_is_over_and_no_refusal(
    client: Client, program: Program, open_ways: Campaign, standin: Standin
) -> None:
    waiting = chosen(standin, program, open_ways, "konbini")
    standin.control("konbini/expire", session_of(waiting))

    assert asked_again(program, waiting).state == "expired"

    books_agree(standin, program, open_ways)


@pytest.mark.real_time
def test_a_bank_transfer_in_two_parts(
    client: Client, program: Program, open_ways: Campaign, standin: Standin
) -> None:
    waiting = chosen(standin, program, open_ways, "bank_transfer")
    assert waiting.pay_until == pay_by(waiting)

    standin.control("bank_transfer", {**session_of(waiting), "amount": 4_000})
    assert asked_again(program, waiting).state == "pending"
    shown = client.get(f"/{program.slug}/gifts/{waiting.reference}/").content.decode()
    assert "残りの振込をお待ちしています" in shown and "6,000" in shown and "動いていません" not in shown
    standin.control("bank_transfer", {**session_of(waiting), "amount": 6_000})
    assert asked_again(program, waiting).state == "paid"
    assert not Finding.objects.exists()


@pytest.mark.real_time
def test_too_much_is_a_question_and_the_gift_stays_what_was_promised(
    program: Program, open_ways: Campaign, standin: Standin
) -> None:
    waiting = chosen(standin, program, open_ways, "bank_transfer")
    standin.control("bank_transfer", {**session_of(waiting), "amount": 13_000})

    assert (asked_again(program, waiting).state, waiting.amount_yen) == ("paid", 10_000)
    question = Finding.objects.get()
    assert (question.kind, question.amount_yen) == ("too_much_sent", 3_000)


@pytest.mark.real_time
def test_too_little_for_two_weeks_is_given_up_and_a_question(
    program: Program, open_ways: Campaign, standin: Standin
) -> None:
    waiting = chosen(standin, program, open_ways, "bank_transfer")
    standin.control("bank_transfer", {**session_of(waiting), "amount": 4_000})
    Donation.objects.filter(pk=waiting.pk).update(pay_until=now() - timedelta(minutes=1))

    for _ in range(2):  # the first round gives up, the second hears of it
        sweep(program=program, older_than=now() - now())

    waiting.refresh_from_db()
    question = Finding.objects.get()
    assert (waiting.state, question.kind, question.amount_yen) == ("expired", "too_little_sent", 4_000)
    assert violations() == []


@pytest.mark.real_time
@pytest.mark.parametrize(("says_yes", "state"), [(True, "paid"), (False, "pending")])
def test_paypay_pays_at_once_or_leaves_the_page_open(
    program: Program, open_ways: Campaign, standin: Standin, says_yes: bool, state: str
) -> None:
    donation = chosen(standin, program, open_ways, "paypay", confirm=says_yes)

    assert donation.state == state
    if says_yes:
        books_agree(standin, program, open_ways)


def test_the_office_switches_ways_on_and_off(
    campaign: Campaign, office: Membership, stranger: Membership
) -> None:
    screen, organisation = signed_in(office), campaign.organisation
    place = f"/shibuya/office/stripe/{organisation.pk}/ways/"

    assert screen.post(place, {"ways": ["konbini"]}).status_code == 302
    organisation.refresh_from_db()
    assert organisation.ways == ["konbini"]
    assert screen.post(place, {"ways": ["gold"]}).status_code == 404
    assert Record.objects.filter(verb="organisation.ways_set").count() == 1
    with pytest.raises(NotAllowed):
        set_ways(organisation=organisation, ways=ALL, actor=stranger)


def test_the_same_words_by_another_way_are_another_gift(open_ways: Campaign) -> None:
    key = uuid4()
    first, second = begin(open_ways, key=key), begin(open_ways, key=key, method="konbini")
    assert first.pk != second.pk
