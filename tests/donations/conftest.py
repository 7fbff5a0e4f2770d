"""One organisation with its own key, an open campaign, and a stand-in Stripe as a process."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pytest_django.fixtures import Settings

from donations.add_organisation import Agreement, StripeSecrets, add_organisation
from donations.admit import new_mark
from donations.books import CLAIMS
from donations.confirm import confirm
from donations.follow import ask_and_follow
from donations.give import Donor, ask_to_pay, give
from donations.models import Campaign, Donation, Organisation
from donations.open_campaign import open_campaign
from donations.stripe_said import Payment
from kernel.clock import as_of, now, today
from ledger.models import Account, Transfer
from ledger.verify import verify
from outbox.deliver import deliver
from outbox.relay import relay_once
from programs.models import Membership, Program
from tests.stripe_standin.running import Standin, running_standin

KEY = "sk_test_donations"
SECRET = "whsec_donations"
VERSION = "2026-09"


def make_organisation(actor: Membership, *, key: str = KEY, secret: str = SECRET) -> Organisation:
    return add_organisation(
        name="まなびの会",
        legal_form="認定NPO法人",
        address="東京都渋谷区",
        agreement=Agreement(
            version=VERSION, text="第1条 寄附金はクーポンになります。\n\n第2条 返金はできません。"
        ),
        secrets=StripeSecrets(key=key, webhook_secret=secret),
        actor=actor,
    )


def make_campaign(organisation: Organisation, actor: Membership, **changes: Any) -> Campaign:
    day = today()
    words = {
        "title": "春の学びを支える",
        "title_en": "Learning this spring",
        "story": "ひとりひとりが選びます。",
        "goal_yen": 10_000_000,
        "first_day": day - timedelta(days=30),
        "last_day": day,
        "operating_per_mille": 100,
        "presets": [3_000, 10_000, 30_000],
    }
    draft = Campaign(organisation=organisation, **{**words, **changes})
    return open_campaign(draft=draft, actor=actor)


def donor(email: str = "hanako@example.jp", **changes: Any) -> Donor:
    return Donor(**{"email": email, "public_name": "はなこ", "agreement_version": VERSION, **changes})


def begin(campaign: Campaign, amount_yen: int = 10_000, *, key: UUID | None = None, **who: Any) -> Donation:
    return give(campaign=campaign, amount_yen=amount_yen, donor=donor(**who), request_key=key or uuid4())


def work_off() -> int:
    """What relay and workers do: deliver all that waits, until nothing does. How many were delivered."""
    delivered = 0
    waiting: list[tuple[int, int]] = []
    while relay_once(lambda program_id, message_id: waiting.append((program_id, message_id))):
        delivered += sum(deliver(*one) for one in waiting)
        waiting.clear()
    return delivered


def moved() -> list[tuple[str, int, str, str, int]]:
    """Every transfer as (source, leg, debit kind, credit kind, yen), sorted."""
    rows = Transfer.objects.values_list("source", "leg", "debit__kind", "credit__kind", "amount_yen")
    return sorted((str(s), int(leg), str(d), str(c), int(yen)) for s, leg, d, c, yen in rows)


def paid_gift(
    standin: Standin, program: Program, campaign: Campaign, amount_yen: int = 10_000, **card: str
) -> Donation:
    """A gift paid at the stand-in and booked, fee and all."""
    donation = begin(campaign, amount_yen)
    standin.pay(ask_to_pay(program=program, donation_id=donation.pk), **card)
    standin.settled()
    return ask_and_follow(program_id=program.pk, donation_id=donation.pk)


def violations() -> list[str]:
    """What verify_books finds in the program one acts in."""
    return verify(CLAIMS)


def fields_of(campaign: Campaign, **changes: str) -> dict[str, str]:
    """What a browser posts from the campaign's form."""
    key = uuid4()
    read_for = timedelta(seconds=40)  # longer than the form wants, also of a browser without scripts
    with as_of(now() - read_for):
        mark = new_mark(campaign_id=campaign.pk, request_key=key)
    typed = {
        "amount_choice": "10000",
        "amount_own": "",
        "email": "hanako@example.jp",
        "public_name": "はなこ",
        "agreed": "on",
        "agreement_version": campaign.organisation.agreement_version,
        "request_key": str(key),
        "mark": mark,
    }
    return {**typed, **changes}


@pytest.fixture
def organisation(office: Membership) -> Organisation:
    return make_organisation(office)


@pytest.fixture
def campaign(organisation: Organisation, office: Membership) -> Campaign:
    return make_campaign(organisation, office)


@pytest.fixture
def fund(campaign: Campaign) -> Account:
    assert campaign.fund
    return campaign.fund


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """10,000 yen, of which 1,000 for running costs; paid, with a fee of 360."""
    begun = begin(campaign)
    Donation.objects.filter(pk=begun.pk).update(state="pending", session_id=f"cs_{begun.pk}")
    paid = Payment(
        state=Donation.State.PAID,
        amount_yen=begun.amount_yen,
        reference=str(begun.reference),
        url="",
        payment_intent_id=f"pi_{begun.pk}",
        charge_id=f"ch_{begun.pk}",
        fee_yen=360,
        paid_at=now(),
    )
    return confirm(donation_id=begun.pk, payment=paid)


@pytest.fixture
def standin(tmp_path: Path, settings: Settings) -> Iterator[Standin]:
    """A running stand-in that the product is pointed to. Its clock is the real one."""
    with running_standin(tmp_path / "standin") as running:
        settings.STRIPE_API_BASE = running.base_url
        yield running


@pytest.fixture
def stripe_away(settings: Settings) -> None:
    """Nobody listens there."""
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
