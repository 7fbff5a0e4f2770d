"""What the pages read."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Q, QuerySet, Sum, TextField, When
from django.db.models.functions import Cast

from donations.models import Campaign, Donation
from kernel.clock import fiscal_year, today
from kernel.yen import share_yen
from programs.models import ProgramYear

DAYS_A_YEAR = 365
LATEST = 8


@dataclass(frozen=True)
class Standing:
    """How a campaign stands on a day."""

    campaign: Campaign
    raised_yen: int
    donors: int
    on: date

    @property
    def is_taking_gifts(self) -> bool:
        return self.campaign.is_taking_gifts(self.on)

    @property
    def is_over(self) -> bool:
        return self.campaign.state == Campaign.State.CLOSED or self.on > self.campaign.last_day

    @property
    def days_left(self) -> int:
        """The last day counts: on it one day is left."""
        return max((self.campaign.last_day - self.on).days + 1, 0)

    @property
    def reached(self) -> bool:
        return self.raised_yen >= self.campaign.goal_yen


@dataclass(frozen=True)
class Chip:
    """One preset and what it truly does."""

    yen: int
    coupon_yen: int  # after the promised share for running costs
    days: int  # of one child's coupon of this program year; 0 while there is no such year


def _donor(prefix: str = "") -> Case:
    """One donor by address; each gift by hand without an address counts as a donor of its own."""
    nameless = Cast(f"{prefix}id", TextField())
    return Case(
        When(**{f"{prefix}email": "", "then": nameless}),
        default=Cast(f"{prefix}email", TextField()),
        output_field=TextField(),
    )


def paid_gifts() -> QuerySet[Donation]:
    """Gifts whose money has arrived."""
    gifts: QuerySet[Donation] = Donation.objects.filter(state=Donation.State.PAID)
    return gifts


def campaigns_with_standing() -> list[Standing]:
    """All campaigns but drafts, open ones first, then the newest. One query."""
    paid = Q(donations__state=Donation.State.PAID)
    campaigns = (
        Campaign.objects.exclude(state=Campaign.State.DRAFT)
        .annotate(
            raised_yen=Sum("donations__amount_yen", filter=paid, default=0),
            donors=Count(_donor("donations__"), filter=paid, distinct=True),
        )
        .order_by("-last_day", "-id")
    )
    on = today()
    standings = [Standing(campaign, campaign.raised_yen, campaign.donors, on) for campaign in campaigns]
    return sorted(standings, key=lambda standing: standing.is_over)


def standing_of(campaign: Campaign) -> Standing:
    """One campaign. One query."""
    raised = (
        paid_gifts()
        .filter(campaign=campaign)
        .aggregate(yen=Sum("amount_yen", default=0), donors=Count(_donor(), distinct=True))
    )
    return Standing(campaign, raised["yen"], raised["donors"], today())


def latest_gifts(campaign: Campaign) -> list[Donation]:
    """The last few paid gifts, for the public list."""
    return list(paid_gifts().filter(campaign=campaign).order_by("-paid_at", "-id")[:LATEST])


def chips_of(campaign: Campaign) -> list[Chip]:
    """The presets with what they do. One query."""
    year = ProgramYear.objects.filter(year=fiscal_year(today())).first()
    chips = []
    for yen in campaign.presets:
        coupon_yen = yen - share_yen(yen, campaign.operating_per_mille)
        chips.append(Chip(yen, coupon_yen, coupon_yen * DAYS_A_YEAR // year.face_yen if year else 0))
    return chips
