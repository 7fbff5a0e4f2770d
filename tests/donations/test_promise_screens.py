"""What donors, the public and the secretariat see of promised gifts: never money that has not come."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from donations import end_promises as end_module
from donations.books import CLAIMS, MORE
from donations.close_campaign import close_campaign
from donations.confirm import confirm
from donations.end_promises import go_on_with_promises
from donations.errors import ChargesAtItsEnd, GiftsStillPending, NothingToCharge, TakesOnlyCards
from donations.models import Campaign, Donation, OfflineGift, Organisation, SavedCard
from donations.queries import cards_of, is_goal_met, standing_of
from donations.settle_campaign import settle_campaign
from donations.shield import tries_within
from donations.take_promise_back import take_promise_back
from kernel.clock import now, today
from kernel.errors import NotAllowed
from ledger.verify import verify
from outbox.models import Job
from outbox.put import put
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.by_hand import noted
from tests.donations.conftest import begin, work_off
from tests.donations.promises import all_or_nothing, over, saved, saved_of
from tests.donations.test_campaign_screens import said, signed_in_as
from tests.donations.test_donor_screens import text_of


@pytest.fixture
def campaign(organisation: Organisation, office: Membership) -> Campaign:
    return all_or_nothing(organisation, office, last_day=today() + timedelta(days=3))


@pytest.fixture
def public(program: Program, campaign: Campaign) -> str:
    return f"/{program.slug}/campaigns/{campaign.pk}/"


@pytest.fixture
def own(program: Program, campaign: Campaign) -> str:
    return f"/{program.slug}/office/campaigns/{campaign.pk}/"


def stopped(campaign: Campaign) -> None:
    Job.objects.filter(pk=campaign.job_id).update(state="stopped", ended_at=now())


def test_what_happens_stands_beside_the_button_before_anyone_gives(client: Client, public: str) -> None:
    words = text_of(client.get(public))

    for said_there in (
        "20,000円に届いたときだけ、いただきます",
        "今日お金はいただきません",
        "届かなければ、だれからもお金をいただかず",
        "寄付を取り消せます",
        "カードの登録へ進む",
        "達成すると",
    ):
        assert said_there in words, said_there


def test_promises_stand_apart_from_money(client: Client, campaign: Campaign, public: str) -> None:
    saved(campaign, 12_000)

    words = text_of(client.get(public))

    assert "いまの申し込み" in words and "12,000円" in words and "これまでに集まった" not in words
    assert "お金はまだだれからもいただいていません" in words and "寄付者 1人" in words
    assert standing_of(campaign).raised_yen == 0


def test_after_the_end_only_what_was_charged_is_raised(
    client: Client, campaign: Campaign, office: Membership, public: str
) -> None:
    saved(campaign, 12_000), saved(campaign, 9_000)
    close_campaign(campaign=over(campaign), actor=office)

    words = text_of(client.get(public))

    assert "21,000円は、まだ請求していません" in words and standing_of(campaign).raised_yen == 0
    assert "目標に届いたため、登録されたカードに請求します" in words


def test_paid_and_saved_count_towards_the_goal_and_declined_do_not_undo_it(
    campaign: Campaign, office: Membership
) -> None:
    first, second = saved(campaign, 12_000), saved(campaign, 8_000)
    assert is_goal_met(campaign)
    closed = close_campaign(campaign=over(campaign), actor=office)
    Donation.objects.filter(pk=first.pk).update(state="paid", paid_at=now())
    assert standing_of(closed).counted_yen == 20_000
    Donation.objects.filter(pk=second.pk).update(state="declined", pay_until=now())

    standing = standing_of(closed)

    assert (standing.raised_yen, standing.promised_yen, standing.declined_yen) == (12_000, 0, 8_000)
    assert standing.reached and cards_of(closed).charged == cards_of(closed).declined == 1


def test_the_donor_finds_promises_on_the_own_page(
    client: Client, program: Program, campaign: Campaign
) -> None:
    gift = saved(campaign)
    assert gift.user
    client.force_login(gift.user)

    words = text_of(client.get(f"/{program.slug}/my/"))

    assert "申し込み中の寄付" in words and "それまでは取り消せます" in words


def test_the_secretariat_sees_counts_and_what_ending_would_do(
    campaign: Campaign, office: Membership, own: str
) -> None:
    saved(campaign, 12_000), saved(campaign, 7_000)

    words = text_of(signed_in_as(office).get(own))

    assert "登録済み（請求前）2件 19,000円" in words and "申し込み2件、19,000円は請求せず" in words
    assert "終了して、カード2枚の登録を消す" in words


def test_a_met_goal_is_not_charged_before_the_day_that_donors_were_told(
    campaign: Campaign, office: Membership, own: str
) -> None:
    saved(campaign, 20_000)

    page = signed_in_as(office).get(own)
    with pytest.raises(ChargesAtItsEnd):
        close_campaign(campaign=campaign, actor=office)

    campaign.refresh_from_db()
    assert (campaign.state, campaign.goal_met) == ("open", None)
    assert (
        "カード1枚、合わせて20,000円を請求します" in text_of(page)
        and f"{own}close/" not in page.content.decode()
    )
    over(campaign)
    assert f"{own}close/" in signed_in_as(office).get(own).content.decode()
    assert close_campaign(campaign=campaign, actor=office).goal_met is True


def test_a_missed_goal_may_be_ended_early(campaign: Campaign, office: Membership) -> None:
    saved(campaign, 19_999)

    assert close_campaign(campaign=campaign, actor=office).goal_met is False


def test_what_a_stopped_job_left_is_gone_on_with_once(
    campaign: Campaign, office: Membership, own: str, stranger: Membership
) -> None:
    saved(campaign, 20_000)
    closed = close_campaign(campaign=over(campaign), actor=office)
    with pytest.raises(NothingToCharge):  # it runs
        go_on_with_promises(campaign=closed, actor=office)
    stopped(closed)
    with pytest.raises(NotAllowed):
        go_on_with_promises(campaign=closed, actor=stranger)
    assert Job.objects.count() == 1

    browser = signed_in_as(office)
    assert "続ける：カード1枚、20,000円を請求する" in text_of(browser.get(own))
    assert "処理を再開しました" in said(browser, browser.post(f"{own}go-on/"))

    assert Job.objects.filter(kind=end_module.KIND).count() == 2
    assert "続きはありません" in said(browser, browser.post(f"{own}go-on/"))


def test_another_program_goes_on_with_nothing(
    campaign: Campaign, office: Membership, other_program: Program
) -> None:
    saved(campaign, 20_000)
    closed = close_campaign(campaign=over(campaign), actor=office)
    stopped(closed)

    reply = signed_in_as(office).post(f"/{other_program.slug}/office/campaigns/{closed.pk}/go-on/")

    assert reply.status_code == 404 and Job.objects.count() == 1
    with acting_in(other_program.pk):
        assert not SavedCard.objects.exists()


def test_while_a_card_waits_nothing_is_settled(campaign: Campaign, office: Membership) -> None:
    gift = saved(campaign, 20_000)
    closed = close_campaign(campaign=over(campaign), actor=office)
    for state in ("saved", "declined"):
        Donation.objects.filter(pk=gift.pk).update(state=state, pay_until=now())
        with pytest.raises(GiftsStillPending):
            settle_campaign(campaign=closed, actor=office)


def test_a_missed_campaign_is_settled_with_nothing_raised(campaign: Campaign, office: Membership) -> None:
    gift = saved(campaign, 9_000)
    closed = close_campaign(campaign=over(campaign), actor=office)
    job = Job.objects.get(pk=closed.job_id)
    end_module.end_next(job)
    gift.refresh_from_db()

    assert (gift.state, job.done) == ("let_go", 1)
    assert settle_campaign(campaign=closed, actor=office).raised_yen == 0


def test_money_by_hand_is_not_noted_for_it(campaign: Campaign, office: Membership) -> None:
    with pytest.raises(TakesOnlyCards):
        noted(campaign, office)
    assert not OfflineGift.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"state": "closed"}, {"goal_met": True}, {"kind": "all_in", "goal_met": True}]
)
def test_the_database_holds_that_the_goal_is_decided_at_the_end(
    campaign: Campaign, changes: dict[str, Any]
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(**changes)


def test_a_promise_without_its_card_is_a_violation(campaign: Campaign) -> None:
    kept, bare = saved(campaign), begin(campaign)
    Donation.objects.filter(pk=bare.pk).update(state="saved")

    words = verify(CLAIMS, MORE)

    assert f"{bare.source}: promised without a card" in words
    assert not [one for one in words if kept.source in one]


def test_our_own_charge_that_is_declined_counts_for_no_shield_and_a_tried_card_does(
    campaign: Campaign, program: Program
) -> None:
    ours, tried = saved(campaign), begin(campaign)
    for number, gift in enumerate((ours, tried)):
        put("card_declined", about=gift.source, donation_id=gift.pk, event_id=f"evt_{number}")
    before = tries_within(program.pk, 600).declined

    work_off()

    assert tries_within(program.pk, 600).declined == before + 1


def test_who_took_back_may_promise_again_with_the_same_form(campaign: Campaign) -> None:
    key = uuid4()
    first = begin(campaign, key=key)
    Donation.objects.filter(pk=first.pk).update(state="pending", session_id="cs_first")
    confirm(donation_id=first.pk, payment=saved_of(first))
    assert begin(campaign, key=key) == first
    take_promise_back(donation=first)

    again = begin(campaign, key=key)

    assert again.pk != first.pk and again.state == "started"
