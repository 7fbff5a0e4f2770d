"""Give a campaign in review back to those who wrote it."""

from django.db import transaction

from audit.record import record
from donations.errors import CampaignNotInReview
from donations.models import Campaign
from donations.open_campaign import check_was_seen
from donations.rules import may_run_campaigns
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def send_back(*, campaign: Campaign, words: str, actor: Membership, seen: str | None = None) -> Campaign:
    """The campaign is a draft again and can be changed. `words` say what to change; they stand on it.

    Anyone of the secretariat may, also the one who submitted it: that takes it back.
    seen: the review_mark of the page that was read; None: no page was read.
    Raises NotAllowed, CampaignNotInReview, ReviewChanged; nothing is written then.
    """
    require(may_run_campaigns(actor))
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state != Campaign.State.REVIEW:
        raise CampaignNotInReview
    check_was_seen(campaign, seen)
    campaign.state, campaign.sent_back_words = Campaign.State.DRAFT, words.strip()[:400]
    campaign.submitted_by = campaign.submitted_at = None
    campaign.save(update_fields=["state", "sent_back_words", "submitted_by", "submitted_at"])
    record("campaign.sent_back", actor=actor, subject=campaign.source)
    return campaign
