"""donations.draft_campaign, submit_campaign, send_back, open_campaign: two people until a campaign opens."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from audit.models import Record
from donations.draft_campaign import Plan, draft_campaign
from donations.errors import (
    CampaignAlreadyOpened,
    CampaignNotDraft,
    CampaignNotInReview,
    DayIsPromised,
    LastDayOver,
    PictureUnknown,
    PlanOutOfOrder,
    ReviewChanged,
    SecondPersonNeeded,
)
from donations.extend_campaign import extend_campaign
from donations.models import Campaign, Organisation
from donations.open_campaign import open_campaign
from donations.send_back import send_back
from donations.submit_campaign import submit_campaign
from kernel.clock import today
from kernel.errors import NotAllowed, Refused
from ledger.models import Account, Kind
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import FROZEN, member


def a_plan(**changes: Any) -> Plan:
    """A plan in order."""
    words = {
        "title": "夏の学び",
        "goal_yen": 3_000_000,
        "first_day": today(),
        "last_day": today() + timedelta(days=30),
        "operating_per_mille": 100,
        "presets": [3_000, 10_000],
    }
    return Plan(**{**words, **changes})


@pytest.fixture
def second(program: Program) -> Membership:
    """Another person of the secretariat."""
    return member(program, Role.OFFICE, "second@shibuya.example")


@pytest.fixture
def draft(organisation: Organisation, office: Membership) -> Campaign:
    return draft_campaign(organisation=organisation, plan=a_plan(), actor=office)


def test_a_draft_is_written_and_revised(draft: Campaign, office: Membership) -> None:
    revised = draft_campaign(
        organisation=draft.organisation,
        plan=a_plan(goal_yen=1, story="# はじめに"),
        actor=office,
        campaign=draft,
    )

    assert revised.pk == draft.pk
    draft.refresh_from_db()
    assert (draft.state, draft.goal_yen, draft.story, draft.kind) == ("draft", 1, "# はじめに", "all_in")
    assert Record.objects.filter(verb="campaign.drafted").count() == 2


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"last_day": today() - timedelta(days=900)}, PlanOutOfOrder),
        ({"goal_yen": 0}, PlanOutOfOrder),
        ({"minimum_yen": 49}, PlanOutOfOrder),
        ({"minimum_yen": 5_000, "maximum_yen": 4_999, "presets": []}, PlanOutOfOrder),
        ({"presets": [400]}, PlanOutOfOrder),
        ({"presets": [3_000_001]}, PlanOutOfOrder),
        ({"operating_per_mille": 501}, PlanOutOfOrder),
        ({"kind": "some"}, PlanOutOfOrder),
        ({"story": "![](picture:1)"}, PictureUnknown),
    ],
)
def test_a_plan_that_does_not_fit_together_is_refused(
    organisation: Organisation, office: Membership, changes: dict[str, Any], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        draft_campaign(organisation=organisation, plan=a_plan(**changes), actor=office)
    assert not Campaign.objects.exists() and not Record.objects.filter(verb="campaign.drafted").exists()


def test_another_person_opens_what_one_submitted(
    draft: Campaign, office: Membership, second: Membership
) -> None:
    submitted = submit_campaign(campaign=draft, actor=office)
    again = submit_campaign(campaign=draft, actor=office)
    opened = open_campaign(draft=draft, actor=second)

    assert (submitted.state, again.submitted_at) == ("review", submitted.submitted_at)
    assert opened.state == "open" and opened.fund and opened.fund.kind == Kind.FUND
    assert (opened.submitted_by, opened.opened_by) == (office, second)
    assert Record.objects.filter(verb="campaign.submitted").count() == 1


def test_who_submitted_cannot_open(draft: Campaign, office: Membership) -> None:
    submit_campaign(campaign=draft, actor=office)
    accounts = Account.objects.count()

    with pytest.raises(SecondPersonNeeded):
        open_campaign(draft=draft, actor=office)

    draft.refresh_from_db()
    assert draft.state == "review" and Account.objects.count() == accounts


def test_the_database_too_refuses_one_person_for_both(draft: Campaign, office: Membership) -> None:
    submit_campaign(campaign=draft, actor=office)

    with pytest.raises(IntegrityError, match="campaign_opened_by_another"), transaction.atomic():
        Campaign.objects.filter(pk=draft.pk).update(opened_by=office)
    with pytest.raises(IntegrityError, match="campaign_in_review_was_submitted"), transaction.atomic():
        Campaign.objects.filter(pk=draft.pk).update(submitted_by=None)


def test_a_saved_draft_is_not_opened_without_review(draft: Campaign, second: Membership) -> None:
    with pytest.raises(CampaignNotInReview):
        open_campaign(draft=draft, actor=second)


def test_in_review_nothing_is_changed_until_it_is_sent_back(
    draft: Campaign, office: Membership, second: Membership
) -> None:
    submit_campaign(campaign=draft, actor=office)
    with pytest.raises(CampaignNotDraft):
        draft_campaign(organisation=draft.organisation, plan=a_plan(goal_yen=1), actor=second, campaign=draft)
    with pytest.raises(CampaignNotDraft):
        submit_campaign(campaign=draft, actor=second)

    back = send_back(campaign=draft, words="目標を見直してください", actor=second)

    assert (back.state, back.sent_back_words, back.submitted_by) == ("draft", "目標を見直してください", None)
    assert back.goal_yen == 3_000_000
    with pytest.raises(CampaignNotInReview):
        send_back(campaign=draft, words="", actor=second)


def submitted_anew(draft: Campaign, office: Membership, **changes: Any) -> tuple[str, str]:
    """Given to review, taken back, changed, given again a minute later: the marks of both reviews."""
    first = submit_campaign(campaign=draft, actor=office)
    send_back(campaign=draft, words="", actor=office)
    draft_campaign(organisation=draft.organisation, plan=a_plan(**changes), actor=office, campaign=draft)
    with time_machine.travel(FROZEN + timedelta(minutes=1), tick=False):
        return first.review_mark, submit_campaign(campaign=draft, actor=office).review_mark


def test_what_was_changed_after_the_page_was_read_is_not_opened(
    draft: Campaign, office: Membership, second: Membership
) -> None:
    read, now_so = submitted_anew(draft, office, operating_per_mille=500)
    accounts, lines = Account.objects.count(), Record.objects.count()

    for seen in (read, ""):
        with pytest.raises(ReviewChanged):
            open_campaign(draft=draft, actor=second, seen=seen)
    draft.refresh_from_db()
    assert draft.state == "review" and draft.opened_by is None
    assert (Account.objects.count(), Record.objects.count()) == (accounts, lines)

    assert open_campaign(draft=draft, actor=second, seen=now_so).operating_per_mille == 500


def test_words_about_an_earlier_text_do_not_send_back_a_later_one(
    draft: Campaign, office: Membership, second: Membership
) -> None:
    read, now_so = submitted_anew(draft, office, goal_yen=2_000_000)

    with pytest.raises(ReviewChanged):
        send_back(campaign=draft, words="目標が高すぎます", actor=second, seen=read)
    draft.refresh_from_db()
    assert (draft.state, draft.sent_back_words) == ("review", "")

    assert send_back(campaign=draft, words="", actor=second, seen=now_so).state == "draft"


def test_an_opened_campaign_is_no_draft_any_more(campaign: Campaign, office: Membership) -> None:
    with pytest.raises(CampaignNotDraft):
        draft_campaign(
            organisation=campaign.organisation, plan=a_plan(goal_yen=1), actor=office, campaign=campaign
        )
    with pytest.raises(CampaignNotDraft):
        submit_campaign(campaign=campaign, actor=office)
    with pytest.raises(CampaignNotInReview):
        send_back(campaign=campaign, words="", actor=office)
    with pytest.raises(CampaignAlreadyOpened):
        open_campaign(draft=campaign, actor=office)
    campaign.refresh_from_db()
    assert campaign.goal_yen == 10_000_000


def test_an_all_or_nothing_campaign_is_opened_and_its_last_day_stays(
    draft: Campaign, office: Membership, second: Membership
) -> None:
    submit_campaign(campaign=draft, actor=office)
    Campaign.objects.filter(pk=draft.pk).update(kind=Campaign.Kind.ALL_OR_NOTHING)

    opened = open_campaign(draft=draft, actor=second)

    assert (opened.state, opened.goal_met) == ("open", None)
    with pytest.raises(DayIsPromised):
        extend_campaign(
            campaign=opened, last_day=opened.last_day + timedelta(days=1), reason="more time", actor=office
        )
    assert Campaign.objects.get(pk=opened.pk).last_day == draft.last_day


def test_a_campaign_whose_last_day_is_over_is_not_opened(
    organisation: Organisation, office: Membership, second: Membership
) -> None:
    past = a_plan(first_day=today() - timedelta(days=9), last_day=today() - timedelta(days=1))
    late = draft_campaign(organisation=organisation, plan=past, actor=office)

    with pytest.raises(LastDayOver):
        submit_campaign(campaign=late, actor=office)
    submitted = submit_campaign(
        campaign=draft_campaign(organisation=organisation, plan=a_plan(), actor=office), actor=office
    )
    Campaign.objects.filter(pk=submitted.pk).update(first_day=past.first_day, last_day=past.last_day)
    with pytest.raises(LastDayOver):
        open_campaign(draft=submitted, actor=second)


def test_a_stranger_may_do_none_of_it(draft: Campaign, office: Membership, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        draft_campaign(organisation=draft.organisation, plan=a_plan(), actor=stranger)
    with pytest.raises(NotAllowed):
        submit_campaign(campaign=draft, actor=stranger)
    submit_campaign(campaign=draft, actor=office)
    with pytest.raises(NotAllowed):
        open_campaign(draft=draft, actor=stranger)
    with pytest.raises(NotAllowed):
        send_back(campaign=draft, words="", actor=stranger)
    draft.refresh_from_db()
    assert draft.state == "review" and Campaign.objects.count() == 1


def test_another_program_does_not_see_the_draft(
    draft: Campaign, office: Membership, other_program: Program
) -> None:
    with acting_in(other_program.pk):
        intruder = member(other_program, Role.OFFICE, "office@fukuoka.example")
        with pytest.raises(Campaign.DoesNotExist):
            submit_campaign(campaign=draft, actor=intruder)
