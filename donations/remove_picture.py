"""Take a picture away for good, for example one that shows a child by mistake."""

from django.db import transaction

from audit.record import record
from donations.errors import PictureInUse
from donations.models import Campaign, CampaignPicture
from donations.rules import may_run_campaigns
from donations.story import pictures_named
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def remove_picture(*, picture: CampaignPicture, actor: Membership) -> Campaign:
    """Delete the picture and its bytes. Removing twice is the same as once.

    Raises NotAllowed, PictureInUse while the story or an update shows it; nothing is written then.
    """
    require(may_run_campaigns(actor))
    campaign: Campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=picture.campaign_id)
    texts = [campaign.story, campaign.story_en]
    for both in campaign.updates.values_list("body", "body_en"):
        texts += both
    if picture.number in pictures_named(*texts):
        raise PictureInUse
    removed, _ = CampaignPicture.objects.filter(pk=picture.pk).delete()
    if removed:
        record("campaign.picture_removed", actor=actor, subject=campaign.source, number=picture.number)
    return campaign
