"""donations.extend_campaign and revise_story: what may change once a campaign is open."""

from datetime import timedelta

import pytest

from audit.models import Record
from donations.errors import CampaignNotOpen, NotAnExtension, PictureUnknown
from donations.extend_campaign import extend_campaign
from donations.models import Campaign, Organisation
from donations.revise_story import revise_story
from kernel.clock import today
from kernel.errors import NotAllowed
from programs.models import Membership
from tests.donations.conftest import make_campaign


def test_a_later_last_day_and_its_reason_stand_in_the_trail(campaign: Campaign, office: Membership) -> None:
    later = today() + timedelta(days=14)

    extended = extend_campaign(campaign=campaign, last_day=later, reason="台風のため", actor=office)

    assert extended.last_day == later and extended.is_taking_gifts(later)
    facts = Record.objects.get(verb="campaign.extended").facts
    assert facts == {"before": "2027-03-31", "last_day": "2027-04-14", "reason": "台風のため"}


@pytest.mark.parametrize(("days", "reason"), [(0, "理由"), (-1, "理由"), (7, ""), (7, "  ")])
def test_the_last_day_never_comes_earlier_nor_without_a_reason(
    campaign: Campaign, office: Membership, days: int, reason: str
) -> None:
    with pytest.raises(NotAnExtension):
        extend_campaign(
            campaign=campaign, last_day=campaign.last_day + timedelta(days=days), reason=reason, actor=office
        )
    campaign.refresh_from_db()
    assert campaign.last_day == today() and not Record.objects.filter(verb="campaign.extended").exists()


def test_what_is_over_stays_over(organisation: Organisation, office: Membership) -> None:
    yesterday = today() - timedelta(days=1)
    over = make_campaign(organisation, office, last_day=yesterday)

    with pytest.raises(CampaignNotOpen):
        extend_campaign(campaign=over, last_day=today(), reason="もう少し", actor=office)


def test_only_the_story_of_an_opened_campaign_changes(campaign: Campaign, office: Membership) -> None:
    stale = Campaign(pk=campaign.pk, goal_yen=1, program_id=campaign.program_id)  # never written back

    revise_story(campaign=stale, story="# 新しい話", story_en="New", actor=office)

    campaign.refresh_from_db()
    assert (campaign.story, campaign.story_en, campaign.goal_yen) == ("# 新しい話", "New", 10_000_000)
    with pytest.raises(PictureUnknown):
        revise_story(campaign=campaign, story="![](picture:3)", story_en="", actor=office)


def test_a_draft_is_not_revised_this_way_and_a_stranger_may_nothing(
    organisation: Organisation, campaign: Campaign, office: Membership, stranger: Membership
) -> None:
    draft = Campaign.objects.create(
        organisation=organisation, title="下書き", goal_yen=1, first_day=today(), last_day=today()
    )
    later = today() + timedelta(days=1)
    with pytest.raises(CampaignNotOpen):
        revise_story(campaign=draft, story="", story_en="", actor=office)
    with pytest.raises(CampaignNotOpen):
        extend_campaign(campaign=draft, last_day=later, reason="x", actor=office)
    with pytest.raises(NotAllowed):
        revise_story(campaign=campaign, story="", story_en="", actor=stranger)
    with pytest.raises(NotAllowed):
        extend_campaign(campaign=campaign, last_day=later, reason="x", actor=stranger)
    campaign.refresh_from_db()
    assert campaign.story == "ひとりひとりが選びます。" and campaign.last_day == today()
