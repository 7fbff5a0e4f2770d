"""The secretariat's pages about refunds: proposed, approved by another, followed until they arrive; the limit."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from donations.approve_offline_gift import approve_offline_gift
from donations.approve_refund import approve_refund
from donations.match_bank import match_bank
from donations.models import Campaign, Donation, Refund
from donations.refund import ask_stripe_to_refund, refundable_yen
from donations.set_refund_limit import limit_yen_of, set_refund_limit
from donations.sweep import TURNS, sweep
from kernel.clock import as_of, now
from ledger.models import Transfer
from programs.models import Membership, Program
from tests.donations.by_hand import noted, second_person
from tests.donations.conftest import violations
from tests.donations.test_match_bank import lines
from tests.donations.test_propose_refund import propose
from tests.donations.test_refund import ask
from tests.donations.test_ways import chosen, open_ways, session_of  # noqa: F401  a fixture
from tests.metrics.conftest import signed_in
from tests.stripe_standin.running import Standin

OFFICE = "/shibuya/office/"


@pytest.fixture
def screen(office: Membership) -> Client:
    return signed_in(office)


@pytest.fixture
def other(program: Program) -> Client:
    return signed_in(second_person(program))


def read(screen: Client, address: str) -> str:
    return screen.get(OFFICE + address).content.decode()


def test_above_the_limit_the_page_proposes_and_another_person_approves(
    screen: Client, other: Client, gift: Donation, campaign: Campaign, program: Program
) -> None:
    set_refund_limit(organisation=campaign.organisation, limit_yen=5_000, actor=second_person(program))
    typed = {"amount": "１０，０００", "reason": "二重", "request_key": str(uuid4())}
    shown = screen.post(f"{OFFICE}gifts/{gift.pk}/refund/", typed).content.decode()
    assert "10,000円の返金を提案する" in shown and 'name="pay_back"' not in shown

    assert screen.post(f"{OFFICE}gifts/{gift.pk}/refund/", {**typed, "pay_back": "1"}).status_code == 409
    assert not Refund.objects.exists()
    for _ in range(2):
        answer = screen.post(f"{OFFICE}gifts/{gift.pk}/refund/", {**typed, "propose": "1"})
        assert answer.status_code == 302
    made = Refund.objects.get()
    assert "2人目の承認を待っています" in read(screen, f"gifts/{gift.pk}/")
    assert "承認を待つ返金" in read(other, "") and "二重" in read(other, "refunds/")
    assert "承認して" not in read(screen, f"refunds/{made.pk}/")
    assert screen.post(f"{OFFICE}refunds/{made.pk}/").status_code == 403
    assert "承認して10,000円を返金する" in read(other, f"refunds/{made.pk}/")

    assert other.post(f"{OFFICE}refunds/{made.pk}/").status_code == 302
    made.refresh_from_db()
    assert made.state == "asked"
    assert other.post(f"{OFFICE}refunds/{made.pk}/withdraw/").status_code == 409


def test_a_proposal_is_withdrawn(screen: Client, gift: Donation, office: Membership) -> None:
    made = propose(gift, office)
    assert screen.post(f"{OFFICE}refunds/{made.pk}/withdraw/").status_code == 302
    made.refresh_from_db()
    assert (made.state, refundable_yen(gift)) == ("withdrawn", 10_000)
    assert "承認を待つ返金はありません" in read(screen, "refunds/")


def by_hand(campaign: Campaign, office: Membership, second: Membership, way: str) -> Donation:
    booked = approve_offline_gift(gift=noted(campaign, office, way=way), actor=second)
    return Donation.objects.get(pk=booked.donation_id)


@pytest.mark.parametrize(
    ("way", "words"), [("transfer", "銀行から振り込んでください"), ("cash", "現金または振込でお返しください")]
)
def test_a_gift_by_hand_says_what_a_person_has_to_do(
    screen: Client, campaign: Campaign, office: Membership, program: Program, way: str, words: str
) -> None:
    gift = by_hand(campaign, office, second_person(program), way)
    typed = {"amount": "50000", "reason": "x", "request_key": str(uuid4())}
    shown = screen.post(f"{OFFICE}gifts/{gift.pk}/refund/", typed).content.decode()
    assert words in shown and "提案する" in shown


@pytest.mark.parametrize(("way", "waits"), [("transfer", True), ("cash", False)])
def test_an_approved_one_is_asked_for_until_the_bank_shows_it(
    screen: Client, campaign: Campaign, office: Membership, program: Program, way: str, *, waits: bool
) -> None:
    second = second_person(program)
    gift = by_hand(campaign, office, second, way)
    done = approve_refund(refund=propose(gift, office, 20_000), actor=second)
    asked = "20,000円を寄付者に振り込んでください"
    assert (asked in read(screen, f"refunds/{done.pk}/")) == waits
    assert ("銀行振込がまだの返金" in read(screen, "refunds/")) == waits
    assert ("銀行振込がまだの返金" in read(screen, "")) == waits  # the desk
    if waits:
        (line,) = lines(campaign.organisation, office, ("2027/3/31", "", "20000", "振込 ヤマダ ハナコ"))
        match_bank(line=line, about=done.source, actor=office)
        assert asked not in read(screen, f"refunds/{done.pk}/")
        assert "銀行振込がまだの返金" not in read(screen, "refunds/")


def test_the_page_says_which_reason_stands_against_it(
    screen: Client, gift: Donation, office: Membership
) -> None:
    ask(gift, office)
    assert "返金の手続き中です" in read(screen, f"gifts/{gift.pk}/refund/")
    Donation.objects.filter(pk=gift.pk).update(charge_id="")
    assert "この帳簿より前のもの" in read(screen, f"gifts/{gift.pk}/refund/")


@pytest.mark.parametrize("typed", ["", "-1", "x", "9" * 12])
def test_a_wrong_limit_is_refused_and_full_width_digits_are_understood(
    screen: Client, campaign: Campaign, typed: str
) -> None:
    organisation = campaign.organisation
    address, name = f"{OFFICE}refunds/limit/{organisation.pk}/", f"{organisation.pk}-limit_yen"
    assert screen.post(address, {name: typed}).status_code == 422
    assert limit_yen_of(organisation.pk) == 50_000
    assert screen.post(address, {name: "２０，０００円"}).status_code == 302
    assert limit_yen_of(organisation.pk) == 20_000


@pytest.mark.real_time
@pytest.mark.parametrize(("end", "state"), [("succeeded", "done"), ("failed", "failed")])
def test_a_konbini_refund_is_followed_until_it_arrived_or_came_back(
    screen: Client,
    program: Program,
    open_ways: Campaign,  # noqa: F811
    office: Membership,
    standin: Standin,
    end: str,
    state: str,
) -> None:
    gift = chosen(standin, program, open_ways, "konbini")
    standin.control("konbini/pay", session_of(gift))
    standin.settled()
    _all_turns(program)
    gift.refresh_from_db()
    asked = ask(gift, office)
    ask_stripe_to_refund(program=program, refund_id=asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.is_on_its_way) == ("done", True) and asked.answer_by
    assert "口座の連絡を待っています" in read(screen, f"gifts/{gift.pk}/")
    assert "寄付者の口座の連絡" in read(screen, "refunds/")

    if end == "succeeded":
        standin.control("refund/advance", {"refund": asked.refund_id, "status": "pending"})
    standin.control("refund/advance", {"refund": asked.refund_id, "status": end})
    _all_turns(program)

    asked.refresh_from_db()
    gift.refresh_from_db()
    assert (asked.state, asked.is_on_its_way, asked.answer_by) == (state, False, None)
    assert gift.gone_yen == (10_000 if state == "done" else 0)
    came_back = Transfer.objects.filter(source=f"refund-failed:{asked.pk}").exists()
    assert came_back == (state == "failed") and violations() == []


def _all_turns(program: Program) -> None:
    """One round of the sweep for each twentieth of what waits."""
    begun = now()
    for turn in range(TURNS):
        with as_of(begun + timedelta(seconds=180 * turn)):
            sweep(program=program, older_than=timedelta(0))
