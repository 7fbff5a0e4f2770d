"""donations.close_campaign."""

import pytest

from audit.models import Record
from donations.close_campaign import close_campaign
from donations.errors import CampaignNotOpen
from donations.models import Campaign, Organisation
from kernel.clock import today
from kernel.errors import NotAllowed
from programs.models import Membership


def test_close_takes_no_new_gifts_and_twice_is_once(campaign: Campaign, office: Membership) -> None:
    closed = close_campaign(campaign=campaign, actor=office)
    again = close_campaign(campaign=campaign, actor=office)

    assert closed.state == "closed" and not closed.is_taking_gifts()
    assert again.closed_at == closed.closed_at
    assert Record.objects.filter(verb="campaign.closed").count() == 1


def test_close_refuses_a_draft(organisation: Organisation, office: Membership) -> None:
    draft = Campaign.objects.create(
        organisation=organisation, title="下書き", goal_yen=1, first_day=today(), last_day=today()
    )

    with pytest.raises(CampaignNotOpen):
        close_campaign(campaign=draft, actor=office)


def test_a_stranger_may_not_close(campaign: Campaign, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        close_campaign(campaign=campaign, actor=stranger)
    campaign.refresh_from_db()
    assert campaign.state == "open"
