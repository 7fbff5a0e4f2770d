"""Close a campaign before or after its last day."""

from django.db import transaction

from audit.record import record
from donations.end_promises import end_promises
from donations.errors import CampaignNotOpen, ChargesAtItsEnd
from donations.large_promise import no_question_more
from donations.models import Campaign, Donation
from donations.queries import is_goal_met, standing_of
from donations.rules import may_run_campaigns
from kernel.clock import now, today
from kernel.templatetags.look import day_short
from outbox.put import put
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def close_campaign(*, campaign: Campaign, actor: Membership) -> Campaign:
    """Take no new gifts. A gift whose payment was begun before is still booked; monthly gifts stop.

    All-or-nothing: whether the goal is met is decided here, once; then every saved card is charged or let go.
    Closing twice is the same as once. Raises NotAllowed, CampaignNotOpen for a draft, and ChargesAtItsEnd for
    an all-or-nothing campaign that has met its goal before its last day is over.
    """
    require(may_run_campaigns(actor))
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.is_ended:
        return campaign
    if campaign.state != Campaign.State.OPEN:
        raise CampaignNotOpen
    if campaign.is_all_or_nothing and not campaign.is_past(today()) and is_goal_met(campaign):
        raise ChargesAtItsEnd(day=day_short(campaign.last_day))
    close(campaign, actor)
    return campaign


def close(campaign: Campaign, actor: Membership | None) -> None:
    """The caller holds the campaign, which is open, and a transaction. actor None: its time was over."""
    facts = {}
    if campaign.is_all_or_nothing:
        campaign.goal_met = is_goal_met(campaign)
        facts = {"goal_met": campaign.goal_met, "promised_yen": standing_of(campaign).promised_yen}
    campaign.state, campaign.closed_at = Campaign.State.CLOSED, now()
    campaign.save(update_fields=["state", "closed_at", "goal_met"])
    record("campaign.closed", actor=actor, subject=campaign.source, **facts)
    if campaign.takes_monthly:
        put("campaign_closed", about=campaign.source, campaign_id=campaign.pk)
    if campaign.is_all_or_nothing:
        no_question_more(*Donation.objects.filter(campaign=campaign, state=Donation.State.SAVED).only("pk"))
        end_promises(campaign)
