"""Open a campaign for gifts."""

from django.db import transaction

from audit.record import record
from donations.errors import (
    CampaignAlreadyOpened,
    CampaignNotInReview,
    LastDayOver,
    ReviewChanged,
    SecondPersonNeeded,
)
from donations.models import Campaign
from donations.rules import may_run_campaigns
from kernel.clock import now, today
from ledger.accounts import open_account, the_account
from ledger.models import Kind
from programs.models import Membership
from programs.rules import require

OPERATING = "running costs"  # one account per program, never mixed with coupons


@transaction.atomic
def open_campaign(*, draft: Campaign, actor: Membership, seen: str | None = None) -> Campaign:
    """Open a campaign: it gets a fund of its own, and takes gifts from its first to its last day.

    draft: one in review, opened by another person than the one who submitted it; or one that code only
    filled in and nobody saved, such as the demonstration's, which is saved here.
    seen: the review_mark of the page on which the person read the promises; None: no page was read.
    Raises NotAllowed, CampaignAlreadyOpened, CampaignNotInReview, ReviewChanged, SecondPersonNeeded,
    LastDayOver; nothing is written then.
    """
    require(may_run_campaigns(actor))
    if draft.pk:
        draft = Campaign.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        check_may_be_opened(draft, actor)
        check_was_seen(draft, seen)
    draft.fund = open_account(kind=Kind.FUND, label=draft.title)
    draft.operating = the_account(Kind.OPERATING, OPERATING)
    draft.state, draft.opened_by, draft.opened_at = Campaign.State.OPEN, actor, now()
    draft.save()
    record("campaign.opened", actor=actor, subject=draft.source, goal_yen=draft.goal_yen)
    return draft


def check_may_be_opened(campaign: Campaign, actor: Membership) -> None:
    """Raises CampaignAlreadyOpened, CampaignNotInReview, SecondPersonNeeded, LastDayOver."""
    if campaign.was_opened:
        raise CampaignAlreadyOpened
    if campaign.state != Campaign.State.REVIEW:
        raise CampaignNotInReview
    if campaign.submitted_by_id == actor.pk:
        raise SecondPersonNeeded
    if campaign.is_past(today()):
        raise LastDayOver


def check_was_seen(campaign: Campaign, seen: str | None) -> None:
    """What is decided on is what was read. The caller holds the campaign. Raises ReviewChanged."""
    if seen is not None and seen != campaign.review_mark:
        raise ReviewChanged
