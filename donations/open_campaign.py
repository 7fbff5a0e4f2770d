"""Open a campaign for gifts."""

from django.db import transaction

from audit.record import record
from donations.errors import CampaignAlreadyOpened
from donations.models import Campaign
from donations.rules import may_run_campaigns
from ledger.accounts import open_account, the_account
from ledger.models import Kind
from programs.models import Membership
from programs.rules import require

OPERATING = "running costs"  # one account per program, never mixed with coupons


@transaction.atomic
def open_campaign(*, draft: Campaign, actor: Membership) -> Campaign:
    """Open a draft: it gets a fund of its own, and takes gifts from its first to its last day.

    draft: a saved draft, or one that was only filled in and is saved here.
    Raises NotAllowed, CampaignAlreadyOpened; nothing is written then.
    """
    require(may_run_campaigns(actor))
    if draft.pk:
        draft = Campaign.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.state != Campaign.State.DRAFT:
        raise CampaignAlreadyOpened
    draft.fund = open_account(kind=Kind.FUND, label=draft.title)
    draft.operating = the_account(Kind.OPERATING, OPERATING)
    draft.state = Campaign.State.OPEN
    draft.save()
    record("campaign.opened", actor=actor, subject=f"campaign:{draft.pk}", goal_yen=draft.goal_yen)
    return draft
