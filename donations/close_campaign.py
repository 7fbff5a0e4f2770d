"""Close a campaign before or after its last day."""

from django.db import transaction

from audit.record import record
from donations.errors import CampaignNotOpen
from donations.models import Campaign
from donations.rules import may_run_campaigns
from kernel.clock import now
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def close_campaign(*, campaign: Campaign, actor: Membership) -> Campaign:
    """Take no new gifts. A gift whose payment was begun before is still booked.

    Closing twice is the same as once. Raises NotAllowed, CampaignNotOpen for a draft.
    """
    require(may_run_campaigns(actor))
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.is_ended:
        return campaign
    if campaign.state != Campaign.State.OPEN:
        raise CampaignNotOpen
    campaign.state, campaign.closed_at = Campaign.State.CLOSED, now()
    campaign.save(update_fields=["state", "closed_at"])
    record("campaign.closed", actor=actor, subject=campaign.source)
    return campaign
