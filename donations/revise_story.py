"""Change the words of an opened campaign. Its promises stand."""

from django.db import transaction

from audit.record import record
from donations.errors import CampaignNotOpen
from donations.models import Campaign
from donations.rules import may_run_campaigns
from donations.story import check_pictures
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def revise_story(*, campaign: Campaign, story: str, story_en: str, actor: Membership) -> Campaign:
    """Change the story of an opened campaign. Goal, share, kind and days stand as promised.

    Raises NotAllowed, CampaignNotOpen (a draft is revised by draft_campaign), PictureUnknown.
    """
    require(may_run_campaigns(actor))
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not campaign.was_opened:
        raise CampaignNotOpen
    check_pictures(campaign, story, story_en)
    campaign.story, campaign.story_en = story, story_en
    campaign.save(update_fields=["story", "story_en"])
    record("campaign.story_revised", actor=actor, subject=campaign.source)
    return campaign
