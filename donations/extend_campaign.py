"""Give an open campaign a later last day: the one promise that may change, and only this way."""

from datetime import date

from django.db import transaction

from audit.record import record
from donations.errors import CampaignNotOpen, DayIsPromised, NotAnExtension
from donations.models import Campaign
from donations.rules import may_run_campaigns
from kernel.clock import today
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def extend_campaign(*, campaign: Campaign, last_day: date, reason: str, actor: Membership) -> Campaign:
    """Take gifts until a later day. The old day, the new one and the reason stand in the trail.

    Raises NotAllowed, CampaignNotOpen (also when the last day is over), DayIsPromised, NotAnExtension (also
    for a campaign without a last day).
    """
    require(may_run_campaigns(actor))
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state != Campaign.State.OPEN or campaign.is_past(today()):
        raise CampaignNotOpen
    if campaign.is_all_or_nothing:
        raise DayIsPromised
    if campaign.last_day is None or last_day <= campaign.last_day or not reason.strip():
        raise NotAnExtension
    before, campaign.last_day = campaign.last_day, last_day
    campaign.save(update_fields=["last_day"])
    record(
        "campaign.extended",
        actor=actor,
        subject=campaign.source,
        before=before.isoformat(),
        last_day=last_day.isoformat(),
        reason=reason.strip()[:200],
    )
    return campaign
