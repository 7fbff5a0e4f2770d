"""donations.views.again: the form comes back filled in, for the browser that began the gift and for nobody else."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from donations.confirm import confirm
from donations.models import Campaign, Donation, Organisation
from donations.views.again import COOKIE, remember
from kernel.clock import now
from programs.models import Membership, Program
from tests.donations.conftest import begin, make_campaign
from tests.donations.promises import all_or_nothing, saved
from tests.donations.test_confirm import said_of

EMAIL = "hanako@example.jp"


@pytest.fixture
def begun(campaign: Campaign) -> Donation:
    return begin(campaign, 12_345, method="card")


@pytest.fixture
def place(program: Program, campaign: Campaign) -> str:
    return f"/{program.slug}/campaigns/{campaign.pk}/"


def browser_of(program: Program, gift: Donation) -> Client:
    """The one that began it."""
    client = Client()
    said = remember(HttpResponse(), slug=program.slug, gift=gift).cookies[COOKIE]
    client.cookies[COOKIE] = said.value
    return client


def shown(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_browser_that_began_it_types_nothing_again(program: Program, begun: Donation, place: str) -> None:
    html = shown(browser_of(program, begun), f"{place}?amount=12345")

    assert f'value="{EMAIL}"' in html and 'value="はなこ"' in html and 'value="12345"' in html


def test_the_cookie_is_for_this_campaign_and_no_script(program: Program, begun: Donation, place: str) -> None:
    cookie = remember(HttpResponse(), slug=program.slug, gift=begun).cookies[COOKIE]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (place, True, "Lax")
    assert cookie["max-age"] == 35 * 60 and EMAIL not in cookie.value


def test_another_browser_with_the_same_address_sees_no_name(begun: Donation, place: str) -> None:
    html = shown(Client(), f"{place}?amount=12345")

    assert EMAIL not in html and "はなこ" not in html


def test_a_forged_cookie_opens_nothing(begun: Donation, place: str) -> None:
    client = Client()
    client.cookies[COOKIE] = f"{begun.reference}:1abcde:forged"

    assert EMAIL not in shown(client, f"{place}?amount=12345")


def test_who_only_looks_at_the_campaign_shows_no_address_to_those_who_look_along(
    program: Program, begun: Donation, place: str
) -> None:
    assert EMAIL not in shown(browser_of(program, begun), place)


def test_a_paid_gift_fills_in_nothing(program: Program, begun: Donation, place: str) -> None:
    confirm(donation_id=begun.pk, payment=said_of(begun))

    assert EMAIL not in shown(browser_of(program, begun), f"{place}?amount=12345")


def test_a_promised_gift_fills_in_nothing(
    program: Program, organisation: Organisation, office: Membership
) -> None:
    campaign = all_or_nothing(organisation, office)
    promised = saved(campaign)

    html = shown(browser_of(program, promised), f"/{program.slug}/campaigns/{campaign.pk}/?amount=12345")

    assert promised.state == "saved" and EMAIL not in html


def test_a_page_with_an_address_in_it_is_kept_by_no_cache(
    program: Program, begun: Donation, place: str
) -> None:
    address = f"{place}?amount=12345"

    assert browser_of(program, begun).get(address)["Cache-Control"] == "no-store"
    assert "no-store" not in Client().get(address).get("Cache-Control", "")


def test_another_campaign_is_not_filled_in(
    program: Program, organisation: Organisation, office: Membership, begun: Donation
) -> None:
    other = make_campaign(organisation, office)

    html = shown(browser_of(program, begun), f"/{program.slug}/campaigns/{other.pk}/?amount=12345")

    assert EMAIL not in html


def test_after_the_payment_page_has_closed_it_is_forgotten(
    program: Program, begun: Donation, place: str
) -> None:
    client = browser_of(program, begun)

    with time_machine.travel(now() + timedelta(minutes=34), tick=False):
        assert EMAIL in shown(client, f"{place}?amount=12345")
    with time_machine.travel(now() + timedelta(minutes=36), tick=False):
        assert EMAIL not in shown(client, f"{place}?amount=12345")


def test_the_agreement_is_ticked_only_while_it_is_the_same(
    program: Program, organisation: Organisation, begun: Donation, place: str
) -> None:
    client = browser_of(program, begun)
    before = shown(client, f"{place}?amount=12345")
    Organisation.objects.filter(pk=organisation.pk).update(agreement_version="2027-01")
    after = shown(client, f"{place}?amount=12345")

    assert _tick(before) and not _tick(after)


def _tick(html: str) -> bool:
    box = next(part for part in html.split("<input") if 'name="agreed"' in part.split(">")[0])
    return "checked" in box.split(">")[0]
