"""What the pages read."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Sum, TextField, When
from django.db.models.functions import Cast

from donations.models import (
    Campaign,
    CampaignUpdate,
    Donation,
    NoUpdates,
    Organisation,
    Pledge,
    Reconciliation,
)
from kernel.clock import fiscal_year, today
from kernel.yen import share_yen
from ledger.models import Kind, Transfer
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
    pending_yen: int = 0  # promised and on its way, never part of raised_yen
    operating_yen: int = 0  # what of raised_yen went to running costs
    promised_yen: int = 0  # all-or-nothing: cards saved and not charged, never part of raised_yen
    declined_yen: int = 0  # of promised cards that were declined and may still be paid; part of nothing
    promisers: int = 0  # donors with a saved card

    @property
    def is_taking_gifts(self) -> bool:
        return self.campaign.is_taking_gifts(self.on)

    @property
    def is_over(self) -> bool:
        return self.campaign.is_ended or self.campaign.is_past(self.on)

    @property
    def days_left(self) -> int:
        """The last day counts: on it one day is left. 0 for a standing campaign, which has none."""
        last = self.campaign.last_day
        return max((last - self.on).days + 1, 0) if last else 0

    @property
    def counted_yen(self) -> int:
        """What counts towards the goal: what has arrived, and what will be charged once it is met."""
        return self.raised_yen + self.promised_yen

    @property
    def reached(self) -> bool:
        """Of an ended all-or-nothing campaign: as it was decided then, whatever was declined since."""
        decided = self.campaign.goal_met
        return self.counted_yen >= self.campaign.goal_yen if decided is None else bool(decided)

    @property
    def is_promising(self) -> bool:
        """All-or-nothing and not decided: everything shown is a promise."""
        return self.campaign.is_all_or_nothing and self.campaign.goal_met is None

    @property
    def bar_yen(self) -> int:
        """What the bar shows: promises while it is open, afterwards only what has arrived."""
        return self.counted_yen if self.is_promising else self.raised_yen

    @property
    def people(self) -> int:
        """Who stands behind that sum."""
        return max(self.promisers, self.donors) if self.is_promising else self.donors

    @property
    def operating_per_mille(self) -> int:
        """The share that truly went to running costs so far, rounded down as each gift's share is."""
        return self.operating_yen * 1000 // self.raised_yen if self.raised_yen else 0


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


def gift_of_reference(organisation: Organisation, reference: str) -> Donation | None:
    """The organisation's own gift of that reference; None for another's, for none and for nonsense."""
    try:
        wanted = UUID(reference)
    except ValueError:
        return None
    own = Donation.objects.filter(campaign__organisation=organisation, reference=wanted)
    found: Donation | None = own.first()
    return found


def pledge_of_reference(organisation: Organisation, reference: str) -> Pledge | None:
    """The organisation's own monthly gift of that reference; None for another's, for none and for nonsense."""
    try:
        wanted = UUID(reference)
    except ValueError:
        return None
    found: Pledge | None = Pledge.objects.filter(
        campaign__organisation=organisation, reference=wanted
    ).first()
    return found


def _sums(prefix: str = "") -> dict[str, Sum | Count]:
    """What a Standing counts, over gifts or over campaigns' gifts."""
    paid = Q(**{f"{prefix}state": Donation.State.PAID})
    amount = F(f"{prefix}amount_yen")
    kept = amount - F(f"{prefix}gone_yen")  # what went back is not raised
    # An open card page is no promise; a slip for the shop or the bank is.
    on_its_way = Q(**{f"{prefix}state": Donation.State.PENDING}) & ~Q(
        **{f"{prefix}method__in": [Donation.Method.CARD]}
    )
    saved, declined = (
        Q(**{f"{prefix}state": state}) for state in (Donation.State.SAVED, Donation.State.DECLINED)
    )
    return {
        "raised_yen": Sum(kept, filter=paid, default=0),
        "donors": Count(_donor(prefix), filter=paid & Q(**{f"{prefix}gone_yen__lt": amount}), distinct=True),
        "pending_yen": Sum(f"{prefix}amount_yen", filter=on_its_way, default=0),
        "promised_yen": Sum(f"{prefix}amount_yen", filter=saved, default=0),
        "declined_yen": Sum(f"{prefix}amount_yen", filter=declined, default=0),
        "promisers": Count(_donor(prefix), filter=saved, distinct=True),
        "operating_yen": Sum(
            Cast(F(f"{prefix}operating_yen"), BigIntegerField()) * kept / amount, filter=paid, default=0
        ),
    }


def campaigns_with_standing(*, drafts: bool = False) -> list[Standing]:
    """All campaigns that were opened (or, for the secretariat, all), open ones first, then the newest.

    One query.
    """
    unopened = [] if drafts else list(Campaign.UNOPENED)
    campaigns = (
        Campaign.objects.exclude(state__in=unopened)
        .annotate(**_sums("donations__"))
        .order_by("-last_day", "-id")
    )
    on = today()
    standings = [
        Standing(
            campaign,
            campaign.raised_yen,
            campaign.donors,
            on,
            campaign.pending_yen,
            campaign.operating_yen,
            campaign.promised_yen,
            campaign.declined_yen,
            campaign.promisers,
        )
        for campaign in campaigns
    ]
    return sorted(standings, key=lambda standing: standing.is_over)


def standing_of(campaign: Campaign) -> Standing:
    """One campaign. One query."""
    sums = Donation.objects.filter(campaign=campaign).aggregate(**_sums())
    return Standing(campaign, on=today(), **sums)


def is_goal_met(campaign: Campaign) -> bool:
    """Whether what counts towards the goal reaches it: paid and saved. What is on its way never counts."""
    return standing_of(campaign).reached


def running_costs_paid_yen() -> int:
    """What the program has truly spent out of its account for running costs. One query.

    Money given back to donors or put into the loss reserve went out of it too, but paid for nothing.
    """
    given_back = Q(source__startswith="refund:") | Q(source__startswith="dispute:")
    put_aside = Q(credit__kind=Kind.LOSS_RESERVE)
    spent = Transfer.objects.filter(debit__kind=Kind.OPERATING, reverses=None).exclude(given_back | put_aside)
    return int(spent.aggregate(yen=Sum("amount_yen", default=0))["yen"])


def updates_of(campaign: Campaign) -> list[CampaignUpdate]:
    """The updates that were published, the newest first."""
    return list(campaign.updates.exclude(published_at=None).order_by("-published_at", "-id"))


def donors_to_tell(campaign: Campaign) -> list[Donation]:
    """For each address that gave to the campaign and wants updates: its last paid gift, by address."""
    return list(
        paid_gifts()
        .filter(campaign=campaign)
        .exclude(email="")
        .exclude(email__in=NoUpdates.objects.values("email"))
        .order_by("email", "-paid_at", "-id")
        .distinct("email")
    )


@dataclass(frozen=True)
class Figures:
    """What became of a campaign's money."""

    raised_yen: int
    donors: int
    fees_yen: int
    operating_yen: int
    coupons_yen: int
    issued_yen: int
    gone_yen: int  # of all that was raised, went back to donors since; the others are before that


def figures_of(campaign: Campaign) -> Figures:
    """The final figures from the gifts, and from the fund what is on coupons by now."""
    sums = (
        paid_gifts()
        .filter(campaign=campaign)
        .aggregate(
            raised_yen=Sum("amount_yen", default=0),
            donors=Count(_donor(), distinct=True),
            fees_yen=Sum("fee_yen", default=0),
            operating_yen=Sum("operating_yen", default=0),
            gone_yen=Sum("gone_yen", default=0),
        )
    )
    out = Transfer.objects.filter(debit=campaign.fund_id, credit__kind=Kind.COUPON)
    back = Transfer.objects.filter(credit=campaign.fund_id, debit__kind=Kind.COUPON)
    issued_yen = _yen(out) - _yen(back)
    return Figures(coupons_yen=sums["raised_yen"] - sums["operating_yen"], issued_yen=issued_yen, **sums)


def unfinished_gifts(campaign: Campaign) -> int:
    """Gifts whose end is not known yet, promises among them, paid ones whose fee Stripe has not said, and monthly
    ones that are not stopped."""
    open_end = Q(state__in=(*Donation.WAITING, *Donation.PROMISED))
    fee_unknown = Q(state=Donation.State.PAID, fee_yen=None)
    monthly = campaign.pledges.exclude(state__in=(Pledge.State.ENDED, Pledge.State.EXPIRED))
    return int(Donation.objects.filter(open_end | fee_unknown, campaign=campaign).count() + monthly.count())


def books_differ_yen(campaign: Campaign) -> int:
    """By how many yen the ledger differs from the paid gifts: fund, running costs and fees together.

    What Stripe's own list of balance transactions says is for reconcile; an open Finding belongs here too.
    """
    figures = figures_of(campaign)
    into_fund = Transfer.objects.filter(credit=campaign.fund_id, source__startswith="donation:")
    gifts = paid_gifts().filter(campaign=campaign)
    sources = [gift.source for gift in gifts.only("pk")]
    by_source = Transfer.objects.filter(source__in=sources)
    return (
        abs(_yen(into_fund) - figures.coupons_yen)
        + abs(_yen(by_source.filter(credit=campaign.operating_id)) - figures.operating_yen)
        + abs(_yen(by_source.filter(debit__kind=Kind.PAYMENT_FEES)) - figures.fees_yen)
    )


def _yen(transfers: QuerySet[Transfer]) -> int:
    return int(transfers.aggregate(yen=Sum("amount_yen", default=0))["yen"])


def latest_gifts(campaign: Campaign) -> list[Donation]:
    """The last few paid gifts, for the public list; all-or-nothing, with the promised ones."""
    kept = paid_gifts().filter(campaign=campaign, gone_yen__lt=F("amount_yen"))
    if campaign.is_all_or_nothing:
        states = (Donation.State.PAID, Donation.State.SAVED)
        kept = Donation.objects.filter(campaign=campaign, state__in=states, gone_yen__lt=F("amount_yen"))
        return list(kept.order_by("-started_at", "-id")[:LATEST])
    return list(kept.order_by("-paid_at", "-id")[:LATEST])


@dataclass(frozen=True)
class Cards:
    """How the promised gifts of an all-or-nothing campaign stand: how many, and how much."""

    saved: int
    saved_yen: int
    charged: int
    charged_yen: int
    declined: int
    declined_yen: int
    failed: int
    let_go: int


def cards_of(campaign: Campaign) -> Cards:
    """One query. Only gifts for which a card was saved."""
    counts: dict[str, Count | Sum] = {}
    for name, state in (("saved", "saved"), ("charged", "paid"), ("declined", "declined")):
        counts[name] = Count("id", filter=Q(state=state))
        counts[f"{name}_yen"] = Sum("amount_yen", filter=Q(state=state), default=0)
    for state in ("failed", "let_go"):
        counts[state] = Count("id", filter=Q(state=state))
    promised = Donation.objects.filter(campaign=campaign, cards__isnull=False)
    return Cards(**promised.aggregate(**counts))


def chips_of(campaign: Campaign) -> list[Chip]:
    """The presets with what they do. One query."""
    year = ProgramYear.objects.filter(year=fiscal_year(today())).first()
    chips = []
    for yen in campaign.presets:
        coupon_yen = yen - share_yen(yen, campaign.operating_per_mille)
        chips.append(Chip(yen, coupon_yen, coupon_yen * DAYS_A_YEAR // year.face_yen if year else 0))
    return chips


def latest_reconciliations() -> list[tuple[Organisation, Reconciliation | None]]:
    """Each receiving organisation with the last time its books were held against Stripe's. Two queries."""
    newest = Reconciliation.objects.order_by("organisation", "-done_at").distinct("organisation")
    found = {one.organisation_id: one for one in newest}
    return [(one, found.get(one.pk)) for one in Organisation.objects.order_by("name", "id")]
