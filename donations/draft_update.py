"""Write an update of a campaign, or revise it, before donors read it."""

from dataclasses import asdict, dataclass

from django.db import transaction

from audit.record import record
from donations.errors import CampaignNotOpen, UpdateAlreadySent
from donations.models import Campaign, CampaignUpdate
from donations.rules import may_run_campaigns
from donations.story import check_pictures
from programs.models import Membership
from programs.rules import require


@dataclass(frozen=True)
class News:
    """What an update says."""

    title: str
    body: str
    title_en: str = ""
    body_en: str = ""


@transaction.atomic
def draft_update(
    *, campaign: Campaign, news: News, actor: Membership, update: CampaignUpdate | None = None
) -> CampaignUpdate:
    """Write a new update, or revise `update` while nobody was told of it.

    Raises NotAllowed, CampaignNotOpen (a draft has no donors), UpdateAlreadySent, PictureUnknown;
    nothing is written then.
    """
    require(may_run_campaigns(actor))
    if not campaign.was_opened:
        raise CampaignNotOpen
    if update is None:
        update = CampaignUpdate(campaign=campaign, drafted_by=actor)
    else:
        update = CampaignUpdate.objects.select_for_update(of=("self",)).get(pk=update.pk)
    if update.published_at:
        raise UpdateAlreadySent
    check_pictures(campaign, news.body, news.body_en)
    for name, value in asdict(news).items():
        setattr(update, name, value)
    update.save()
    record("campaign_update.drafted", actor=actor, subject=update.source)
    return update
