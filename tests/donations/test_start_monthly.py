"""donations.start_monthly: a monthly gift is written down once, and gets one payment page."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from audit.models import Record
from donations.errors import (
    AgreementChanged,
    AmountOutOfBounds,
    CampaignNotOpen,
    MonthlyNotOffered,
    PaymentPageRefused,
    PaymentServiceAway,
)
from donations.give import give
from donations.models import Campaign, Donation, Organisation, Pledge
from donations.start_monthly import ask_to_begin, start_monthly
from donations.take_in_months import ask_and_take_in
from kernel.clock import today
from programs.models import Membership, Program
from tests.donations.conftest import donor, make_campaign
from tests.donations.monthly import older, standing_campaign, wished
from tests.stripe_standin.running import Standin


@pytest.fixture
def standing(organisation: Organisation, office: Membership) -> Campaign:
    return standing_campaign(organisation, office)


def test_it_is_written_down_and_no_money_moves(standing: Campaign) -> None:
    pledge = wished(standing, 3_000, email="Hanako@Example.jp")

    assert (pledge.state, pledge.amount_yen, pledge.agreed_yen) == ("started", 3_000, [3_000])
    assert (pledge.email, pledge.operating_per_mille, pledge.next_charge_on) == (
        "hanako@example.jp",
        100,
        None,
    )
    assert Record.objects.get(verb="monthly.begun").subject == pledge.source
    assert not Donation.objects.exists()


def test_the_same_form_is_the_same_gift_and_another_amount_is_another(standing: Campaign) -> None:
    key = uuid4()
    made = [
        start_monthly(campaign=standing, amount_yen=yen, donor=donor(), request_key=key).pk
        for yen in (3_000, 3_000, 5_000)
    ]

    assert made[0] == made[1] != made[2] and Pledge.objects.count() == 2
    single = give(campaign=standing, amount_yen=3_000, donor=donor(), request_key=key)
    assert single.request_key not in set(Pledge.objects.values_list("request_key", flat=True))


def test_a_form_whose_gift_ended_begins_another(standing: Campaign) -> None:
    key = uuid4()
    first = start_monthly(campaign=standing, amount_yen=3_000, donor=donor(), request_key=key)
    Pledge.objects.update(state="expired")

    assert start_monthly(campaign=standing, amount_yen=3_000, donor=donor(), request_key=key).pk != first.pk


@pytest.mark.parametrize(
    ("yen", "who", "error"),
    [
        (499, {}, AmountOutOfBounds),
        (3_000_001, {}, AmountOutOfBounds),
        (3_000, {"agreement_version": "old"}, AgreementChanged),
        (3_000, {"method": "konbini"}, MonthlyNotOffered),
    ],
)
def test_a_refusal_writes_nothing(
    standing: Campaign, yen: int, who: dict[str, str], error: type[Exception]
) -> None:
    Organisation.objects.update(takes_konbini=True)

    with pytest.raises(error):
        start_monthly(campaign=standing, amount_yen=yen, donor=donor(**who), request_key=uuid4())

    assert not Pledge.objects.exists() and not Record.objects.filter(verb="monthly.begun").exists()


def test_a_campaign_with_an_end_or_a_closed_one_takes_none(
    campaign: Campaign, organisation: Organisation, office: Membership
) -> None:
    closed = standing_campaign(organisation, office)
    Campaign.objects.filter(pk=closed.pk).update(state="closed")
    for place, error in ((campaign, MonthlyNotOffered), (closed, CampaignNotOpen)):
        with pytest.raises(error):
            start_monthly(campaign=place, amount_yen=3_000, donor=donor(), request_key=uuid4())
    assert not Pledge.objects.exists()


def test_a_standing_campaign_is_open_on_any_day(standing: Campaign) -> None:
    assert standing.is_standing and standing.is_taking_gifts(today() + timedelta(days=4_000))
    assert not standing.is_taking_gifts(standing.first_day - timedelta(days=1))


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"last_day": date(2027, 4, 30)}, "campaign_monthly_is_standing"),
        ({"kind": "all_or_nothing"}, "campaign_standing_is_all_in"),
        ({"kind": "all_or_nothing", "takes_monthly": False}, "campaign_standing_is_all_in"),
    ],
)
def test_the_database_keeps_monthly_and_standing_together(
    organisation: Organisation, office: Membership, changes: dict[str, object], check: str
) -> None:
    with pytest.raises(IntegrityError, match=check), transaction.atomic():
        standing_campaign(organisation, office, **changes)


@pytest.mark.real_time
def test_the_page_is_one_however_often_asked_and_is_monthly(
    program: Program, organisation: Organisation, office: Membership, standin: Standin
) -> None:
    pledge = wished(standing_campaign(organisation, office))

    pages = [ask_to_begin(program=program, pledge_id=pledge.pk) for _ in range(2)]

    pledge.refresh_from_db()
    assert pages[0] == pages[1] and pledge.state == "pending" and pledge.session_id
    assert "毎月3,000円の支払いを始める" in standin.ask("GET", pages[0]).text
    Pledge.objects.update(state="started", session_id="")  # our answer was lost
    assert ask_to_begin(program=program, pledge_id=pledge.pk) == pages[0]


@pytest.mark.real_time
def test_a_page_nobody_pays_at_expires_and_one_too_old_is_given_up(
    program: Program, organisation: Organisation, office: Membership, standin: Standin
) -> None:
    standing = standing_campaign(organisation, office)
    left, late = wished(standing), wished(standing, 5_000)
    ask_to_begin(program=program, pledge_id=left.pk)
    older(late, hours=2)
    with pytest.raises(PaymentPageRefused):
        ask_to_begin(program=program, pledge_id=late.pk)
    standin.control("advance", {"seconds": 3_600})

    assert ask_and_take_in(program_id=program.pk, pledge_id=left.pk)[0].state == "expired"
    late.refresh_from_db()
    assert late.state == "expired"


def test_stripe_away_leaves_it_begun(program: Program, standing: Campaign, stripe_away: None) -> None:
    pledge = wished(standing)

    with pytest.raises(PaymentServiceAway):
        ask_to_begin(program=program, pledge_id=pledge.pk)

    pledge.refresh_from_db()
    assert pledge.state == "started"


def test_an_all_in_campaign_with_an_end_is_as_before(organisation: Organisation, office: Membership) -> None:
    assert not make_campaign(organisation, office).is_standing
