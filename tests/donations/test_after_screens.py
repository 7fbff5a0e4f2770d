"""The secretariat's pages about money after a gift; what it reads about it; the comparison on demand."""

from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from audit.models import Record
from donations.models import Campaign, Donation, Finding, Reconciliation, Refund
from donations.money_story import found_gifts, open_findings, story_of
from donations.note_finding import note_finding
from donations.reconcile_now import reconcile_now
from donations.refund import take_in_refund
from kernel.clock import now
from kernel.errors import NotAllowed
from outbox.models import Job
from programs.models import Membership, Program
from tests.donations.conftest import paid_gift, work_off
from tests.donations.test_refund import said, spend_on_coupons
from tests.metrics.conftest import signed_in
from tests.stripe_standin.running import Standin


@pytest.fixture
def screen(office: Membership) -> Client:
    return signed_in(office)


def page(screen: Client, address: str, **more: Any) -> str:
    return screen.get(f"/shibuya/office/{address}", more).content.decode()


def test_the_list_masks_addresses_and_finds_by_each_of_them(screen: Client, gift: Donation) -> None:
    assert "h•••@example.jp" in page(screen, "gifts/") and gift.email not in page(screen, "gifts/")
    for asked in (str(gift.pk), "ＨＡＮＡＫＯ@example.jp", "はなこ", gift.charge_id):
        assert str(gift.pk) in page(screen, "gifts/", q=asked)
    for asked in ("nobody@example.jp", "9" * 40, "%", "' OR 1=1"):
        assert "寄付が見つかりません" in page(screen, "gifts/", q=asked)


def test_a_look_at_an_address_is_recorded(screen: Client, gift: Donation, office: Membership) -> None:
    assert gift.email in page(screen, f"gifts/{gift.pk}/")
    assert Record.objects.get(verb="gift.read").actor_id == office.pk


def test_a_refund_is_shown_before_it_is_done_and_done_once(screen: Client, gift: Donation) -> None:
    address = f"/shibuya/office/gifts/{gift.pk}/refund/"
    typed = {"amount": "４，０００円", "reason": "二重", "request_key": str(uuid4())}

    shown = screen.post(address, typed)
    assert "4,000円を返金する" in shown.content.decode() and not Refund.objects.exists()
    for _ in range(2):
        assert screen.post(address, {**typed, "amount": "4000", "pay_back": "1"}).status_code == 302
    assert Refund.objects.get().amount_yen == 4_000


@pytest.mark.parametrize("amount", ["", "0", "-1", "10001", "１万円", "9" * 30, "1.5"])
def test_a_wrong_amount_keeps_what_was_typed(screen: Client, gift: Donation, amount: str) -> None:
    typed = {"amount": amount, "reason": "二重の申込み", "request_key": str(uuid4()), "pay_back": "1"}
    answer = screen.post(f"/shibuya/office/gifts/{gift.pk}/refund/", typed)

    assert answer.status_code == 422 and "二重の申込み" in answer.content.decode()
    assert not Refund.objects.exists()


def test_money_that_became_coupons_is_said_before(screen: Client, gift: Donation) -> None:
    assert gift.campaign.fund
    spend_on_coupons(gift.campaign.fund, 9_000)
    typed = {"amount": "10000", "reason": "x", "request_key": str(uuid4())}
    shown = screen.post(f"/shibuya/office/gifts/{gift.pk}/refund/", typed).content.decode()

    assert "損失準備金から" in shown and "子どものクーポンは減らさず" in shown


def test_a_question_is_read_answered_and_stays_readable(screen: Client, program: Program) -> None:
    assert "確認が必要なことはありません" in page(screen, "questions/")
    question = note_finding(Finding.Kind.UNKNOWN_CHARGE, about="txn_9", amount_yen=3_856, due_by=now())
    address = f"/shibuya/office/questions/{question.pk}/"
    assert "3,856" in page(screen, "questions/") and "期限までに" in page(screen, "")

    assert screen.post(address, {"words": " "}).status_code == 422
    assert screen.post(address, {"words": "別のサイトの売上"}).status_code == 302
    assert "別のサイトの売上" in page(screen, "questions/")
    assert not open_findings().exists()


def test_the_story_is_in_order(gift: Donation) -> None:
    take_in_refund(donation=gift, said=said(1_000))

    told = [one.yen for one in story_of(gift)]
    assert sorted(told, key=lambda yen: yen or 0) == [-1_000, -1_000, 10_000, 10_000]
    assert found_gifts("").count() == 1


def test_a_gift_is_begun_before_it_is_paid_though_stripe_tells_whole_seconds(gift: Donation) -> None:
    gift.started_at = now().replace(microsecond=400_000)
    gift.paid_at = gift.started_at.replace(microsecond=0)

    assert [one.at for one in story_of(gift)] == [gift.started_at, gift.paid_at]


def test_the_donor_hears_of_a_refund_without_the_programs_purpose_in_the_subject(gift: Donation) -> None:
    take_in_refund(donation=gift, said=said(1_000))
    work_off()

    told = [one for one in mail.outbox if "1,000円" in one.body]
    assert [one.subject for one in told] == ["ご返金のお知らせ"]


@pytest.mark.real_time
def test_the_comparison_on_demand_shows_both_sums(
    screen: Client, program: Program, campaign: Campaign, standin: Standin
) -> None:
    paid_gift(standin, program, campaign)
    assert "まだ照合していません" in page(screen, "stripe/")

    assert screen.post("/shibuya/office/stripe/reconcile/").status_code == 302
    work_off()

    assert Job.objects.get().state == "done" and Reconciliation.objects.get().is_exact
    shown = page(screen, "stripe/")
    assert "1円まで一致" in shown and "9,640" in shown


def test_a_stranger_may_not_begin_it(campaign: Campaign, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        reconcile_now(actor=stranger)
    assert not Job.objects.exists()


def test_without_an_organisation_the_page_says_so(screen: Client, program: Program) -> None:
    assert "受領団体がまだありません" in page(screen, "stripe/")
    assert screen.post("/shibuya/office/stripe/reconcile/").status_code == 302
