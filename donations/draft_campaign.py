"""Write down a campaign before it is shown to anyone, or revise what was written."""

from dataclasses import asdict, dataclass, field
from datetime import date

from django.db import transaction

from audit.record import record
from donations.errors import CampaignNotDraft, PlanOutOfOrder
from donations.models import Campaign, Organisation
from donations.rules import may_run_campaigns
from donations.story import check_pictures
from programs.models import Membership
from programs.rules import require

LEAST_YEN = 50  # Stripe takes no less


@dataclass(frozen=True)
class Plan:
    """All that is promised to donors."""

    title: str
    goal_yen: int
    first_day: date
    last_day: date | None  # None: a standing campaign
    title_en: str = ""
    story: str = ""
    story_en: str = ""
    operating_per_mille: int = 0
    presets: list[int] = field(default_factory=list)
    minimum_yen: int = 500
    maximum_yen: int = 3_000_000
    kind: str = Campaign.Kind.ALL_IN
    takes_monthly: bool = False

    def is_in_order(self) -> bool:
        """Days and amounts fit together, and each preset may be given."""
        return (
            (self.last_day is None or self.first_day <= self.last_day)
            and (self.last_day is None or not self.takes_monthly)
            and (self.last_day is not None or self.kind == Campaign.Kind.ALL_IN)
            and self.goal_yen > 0
            and LEAST_YEN <= self.minimum_yen <= self.maximum_yen
            and all(self.minimum_yen <= yen <= self.maximum_yen for yen in self.presets)
            and 0 <= self.operating_per_mille <= 500
            and self.kind in Campaign.Kind.values
        )


@transaction.atomic
def draft_campaign(
    *, organisation: Organisation, plan: Plan, actor: Membership, campaign: Campaign | None = None
) -> Campaign:
    """Write a new draft, or revise `campaign` while it is one.

    Raises NotAllowed, CampaignNotDraft, PlanOutOfOrder, PictureUnknown; nothing is written then.
    """
    require(may_run_campaigns(actor))
    if campaign is None:
        campaign = Campaign()
    else:  # lock
        campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state != Campaign.State.DRAFT:  # check
        raise CampaignNotDraft
    if not plan.is_in_order():
        raise PlanOutOfOrder
    check_pictures(campaign, plan.story, plan.story_en)
    campaign.organisation = organisation  # change
    for name, value in asdict(plan).items():
        setattr(campaign, name, value)
    campaign.save()
    record("campaign.drafted", actor=actor, subject=campaign.source, goal_yen=plan.goal_yen)
    return campaign
