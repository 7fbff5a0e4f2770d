"""Give a draft to a second person, who opens it or sends it back."""

from django.db import transaction

from audit.record import record
from donations.errors import CampaignNotDraft, LastDayOver
from donations.models import Campaign
from donations.rules import may_run_campaigns
from kernel.clock import now, today
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def submit_campaign(*, campaign: Campaign, actor: Membership) -> Campaign:
    """The draft waits for another person of the secretariat. It cannot be changed meanwhile.

    Submitting twice is the same as once. Raises NotAllowed, CampaignNotDraft, LastDayOver.
    """
    require(may_run_campaigns(actor))
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state == Campaign.State.REVIEW and campaign.submitted_by_id == actor.pk:
        return campaign
    if campaign.state != Campaign.State.DRAFT:
        raise CampaignNotDraft
    if campaign.is_past(today()):
        raise LastDayOver
    campaign.state, campaign.submitted_by, campaign.submitted_at = Campaign.State.REVIEW, actor, now()
    campaign.sent_back_words = ""
    campaign.save(update_fields=["state", "submitted_by", "submitted_at", "sent_back_words"])
    record("campaign.submitted", actor=actor, subject=campaign.source)
    return campaign
