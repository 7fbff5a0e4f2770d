"""No page about money of the demonstration is empty: receipts in 渋谷, the rest in 福岡, a dispute at the stand-in."""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from config.demo_data.after_gifts import refund_and_dispute
from config.demo_data.money import money_by_hand
from donations.approve_offline_gift import approve_offline_gift
from donations.approve_refund import approve_refund
from donations.books import CLAIMS, MORE
from donations.follow import ask_and_follow
from donations.match_bank import match_bank
from donations.models import BankMatch, Dispute, Donation, Finding, OfflineGift, Receipt, Refund
from donations.propose_matches import proposals
from ledger.verify import verify
from outbox.models import Message
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.by_hand import second_person
from tests.donations.conftest import make_campaign, make_organisation
from tests.metrics.conftest import signed_in
from tests.stripe_standin.running import Standin, running_standin

EMPTY = re.compile(r'class="[^"]*empty-state')
FULL = {
    "shibuya": ["receipts/"],
    "fukuoka": ["refunds/", "money/", "money/gifts/", "money/companies/", "money/grants/", "money/bank/"],
}


@pytest.fixture
def standin(tmp_path: Path, settings: Settings) -> Iterator[Standin]:
    with running_standin(tmp_path / "standin") as running:
        settings.STRIPE_API_BASE = running.base_url
        yield running


def test_no_page_about_money_is_empty(db: None) -> None:
    call_command("seed_demo", stdout=StringIO())

    for slug, pages in FULL.items():
        with acting_in(Program.objects.get(slug=slug).pk):
            office = Membership.objects.filter(role="office").order_by("id")[0]
            screen: Client = signed_in(office)
        for path in pages:
            answer = screen.get(f"/{slug}/office/{path}")
            assert answer.status_code == 200 and not EMPTY.search(answer.content.decode()), path


def test_receipts_went_out_in_one_run_and_some_wait(db: None) -> None:
    call_command("seed_demo", stdout=StringIO())

    with acting_in(Program.objects.get(slug="shibuya").pk):
        assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
        assert not Message.objects.filter(done_at=None).exists()


def test_lines_are_matched_and_left_over(program: Program, office: Membership) -> None:
    organisation = make_organisation(office)
    money_by_hand(organisation, make_campaign(organisation, office), office, second_person(program))

    left = proposals(organisation)
    assert (
        BankMatch.objects.exclude(source="").count() == 2 and BankMatch.objects.filter(source="").count() == 1
    )
    assert [bool(one.sure) for one in left] == [True, False, True]
    assert Refund.objects.get().is_proposed and verify(CLAIMS, MORE) == []


def test_the_one_who_signs_in_may_decide_what_waits(program: Program, office: Membership) -> None:
    organisation = make_organisation(office)
    money_by_hand(organisation, make_campaign(organisation, office), office, second_person(program))

    approve_offline_gift(gift=OfflineGift.objects.get(state=OfflineGift.State.WAITING), actor=office)
    assert approve_refund(refund=Refund.objects.get(), actor=office).state == "done"
    for one in [one for one in proposals(organisation) if one.sure]:
        assert one.sure and match_bank(line=one.line, about=one.sure.about, actor=office)
    assert verify(CLAIMS, MORE) == []


@pytest.mark.real_time
def test_a_refund_and_a_dispute_come_from_the_stand_in_once(
    standin: Standin, program: Program, office: Membership
) -> None:
    make_campaign(make_organisation(office), office, last_day=None, takes_monthly=True)

    for _ in range(2):
        refund_and_dispute(program)
    standin.settled()  # the card's bank disputes it a moment later; the webhook or the sweep would say so
    with acting_in(program.pk):
        disputed = Donation.objects.get(amount_yen=20_000)
    ask_and_follow(program_id=program.pk, donation_id=disputed.pk)

    assert (Refund.objects.get().state, Dispute.objects.get().is_withdrawn) == ("done", True)
    assert Finding.objects.get(settled_at=None).kind == Finding.Kind.DISPUTE
    assert verify(CLAIMS, MORE) == []
