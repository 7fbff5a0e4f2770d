"""What the pages about money read: what waits, funds with their money, lines with their age."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Max, Min, Sum

from donations.models import CompanyGift, Grant, OfflineGift, SponsorFund
from donations.propose_matches import Awaited, Proposal, unexplained_lines
from donations.queries import paid_gifts
from kernel.clock import now, today
from ledger.balances import stored_balances_yen
from ledger.reserve import reserve_yen
from programs.models import Membership, Role

DISPUTE_DAYS = 120  # card networks take a payment back within four months at most, nearly always
OLD_DAYS = 30  # a line that nothing explained for a month is somebody's money in the wrong place


@dataclass(frozen=True)
class MoneyWaiting:
    """Counts and sums for the home of the pages about money."""

    gifts: int
    gifts_yen: int
    lines: int
    lines_yen: int
    oldest_days: int
    companies: int
    companies_yen: int
    grants: int
    grants_yen: int


@dataclass(frozen=True)
class Aged:
    """A proposal with how long its line has waited."""

    proposal: Proposal
    days: int

    @property
    def sure(self) -> Awaited | None:
        return self.proposal.sure

    @property
    def is_old(self) -> bool:
        return self.days > OLD_DAYS


def money_waiting() -> MoneyWaiting:
    """Four queries."""
    gifts = OfflineGift.objects.filter(state=OfflineGift.State.WAITING).aggregate(
        count=Count("id"), yen=Sum("amount_yen", default=0)
    )
    lines = unexplained_lines().aggregate(
        count=Count("id"), yen=Sum("amount_yen", default=0), oldest=Min("on")
    )
    companies = CompanyGift.objects.filter(state__in=CompanyGift.OPEN).aggregate(
        count=Count("id"), yen=Sum("amount_yen", default=0)
    )
    grants = Grant.objects.filter(state=Grant.State.PROMISED).aggregate(
        count=Count("id"), yen=Sum(F("promised_yen") - F("amount_yen"), default=0)
    )
    return MoneyWaiting(
        gifts=gifts["count"],
        gifts_yen=int(gifts["yen"]),
        lines=lines["count"],
        lines_yen=int(lines["yen"]),
        oldest_days=(today() - lines["oldest"]).days if lines["oldest"] else 0,
        companies=companies["count"],
        companies_yen=int(companies["yen"]),
        grants=grants["count"],
        grants_yen=int(grants["yen"]),
    )


def covered_by_reserve() -> tuple[int, int]:
    """(what the loss reserve holds, the largest gift that a card holder's bank may still take back). Two queries."""
    since = now() - timedelta(days=DISPUTE_DAYS)
    taken_back = paid_gifts().filter(paid_at__gte=since).exclude(charge_id="")
    left = taken_back.aggregate(yen=Max(F("amount_yen") - F("gone_yen")))["yen"]
    return reserve_yen(), int(left or 0)


def others_of_office(actor: Membership) -> list[Membership]:
    """Who else of the secretariat can be the second person."""
    found = Membership.objects.filter(role=Role.OFFICE, is_active=True).exclude(user=actor.user_id)
    return list(found.select_related("user").order_by("id"))


def funds_with_yen() -> list[tuple[SponsorFund, int]]:
    """Every sponsor fund with what it holds; two queries."""
    funds = list(SponsorFund.objects.select_related("account", "organisation").order_by("name"))
    held = stored_balances_yen(fund.account for fund in funds)
    return [(fund, held[fund.account_id]) for fund in funds]


def public_sponsor_funds() -> list[SponsorFund]:
    """Sponsor funds whose name and conditions everyone may see."""
    return list(SponsorFund.objects.filter(is_public=True).order_by("name"))


def alike(gift: OfflineGift) -> list[OfflineGift]:
    """Other gifts by hand of the same day and amount: perhaps one was noted twice."""
    same = OfflineGift.objects.filter(amount_yen=gift.amount_yen, received_on=gift.received_on)
    return list(same.exclude(pk=gift.pk).exclude(state=OfflineGift.State.REJECTED).order_by("id")[:5])


def aged(found: Iterable[Proposal]) -> list[Aged]:
    """With the days since the money came."""
    on = today()
    return [Aged(one, (on - one.line.on).days) for one in found]
