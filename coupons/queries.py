"""Reads that two screens or more share."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet

from coupons.models import Coupon, Redemption
from coupons.use_rules import face_yen_of, newest_rules, read_rules
from families.models import Application
from families.queries import applications_of
from ledger.balances import stored_balances_yen
from ledger.models import Account, Kind
from programs.models import ProgramYear


def waiting_in(year: ProgramYear) -> QuerySet[Application]:
    """Approved applications of a year whose child has no coupon yet, the longest waiting first."""
    held = Coupon.objects.filter(child=OuterRef("child"), year=OuterRef("year"))
    return applications_of(year).filter(
        ~Exists(held.exclude(state=Coupon.State.VOID)), state=Application.State.APPROVED
    )


def total_yen_for(applications: QuerySet[Application], year: ProgramYear, on: date) -> int:
    """What coupons for all of them would cost. Raises GradeNotOffered when one child's grade has no amount."""
    rules = read_rules(newest_rules(year))
    by_grade = applications.order_by().values_list("grade_number").annotate(count=Count("id"))
    return sum(face_yen_of(year, rules, grade=grade, on=on) * count for grade, count in by_grade)


@dataclass(frozen=True)
class Fund:
    """A fund and what it holds, in yen."""

    account: Account
    held_yen: int


def funds() -> list[Fund]:
    """All funds of the program, the oldest first; two queries."""
    accounts = list(Account.objects.filter(kind=Kind.FUND).order_by("id"))
    held = stored_balances_yen(accounts)
    return [Fund(account, held[account.pk]) for account in accounts]


@dataclass(frozen=True)
class Effect:
    """What issuing to some children does to a fund, said before it is done."""

    fund: Fund
    count: int
    total_yen: int  # what leaves the fund

    @property
    def left_yen(self) -> int:
        """What the fund holds then; below zero it cannot be done."""
        return self.fund.held_yen - self.total_yen

    @property
    def missing_yen(self) -> int:
        """How much the fund is short; 0 when it is enough."""
        return max(-self.left_yen, 0)


def uses_of(coupon: Coupon) -> list[Redemption]:
    """A coupon's uses, the newest first, each with school, person and undoing; two queries."""
    uses = coupon.redemptions.select_related("payee", "redeemed_by__user").prefetch_related(
        "reversals__reversed_by__user"
    )
    return list(uses.order_by("-id"))
