"""The figures of one program year, as the city may see them: small cells are hidden here, not on the page.

Every reader of these figures gets the same masked ones; nobody masks a second time.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from coupons.models import Category, Coupon, Redemption
from families.grades import grade
from kernel.clock import now, start_of, today
from ledger.models import Kind
from metrics.suppress import Share, is_small, share, suppress_list
from partners.models import Classroom, Provider
from programs.models import ProgramYear

FLOWS = """
SELECT d.kind, c.kind, sum(t.amount_yen) FILTER (WHERE t.posted_at >= %(first)s), sum(t.amount_yen)
FROM ledger_transfer t JOIN ledger_account d ON d.id = t.debit_id JOIN ledger_account c ON c.id = t.credit_id
WHERE t.posted_at < %(after)s AND (d.kind IN ('fund', 'coupon') OR c.kind IN ('fund', 'coupon'))
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Row:
    """One cell of a list: `shown` is None when it is hidden."""

    key: str | int | date
    shown: int | None


@dataclass(frozen=True)
class Table:
    """A list with its total; None stands for hidden."""

    rows: list[Row]
    total: int | None

    @property
    def hides(self) -> bool:
        """Whether anything is hidden."""
        return self.total is None or any(row.shown is None for row in self.rows)


@dataclass(frozen=True)
class Money:
    """Yen by the ledger; None is hidden. In a first year budget = spent + on coupons + left."""

    budget_yen: int
    received_yen: int
    spent_yen: int | None
    on_coupons_yen: int | None
    left_yen: int | None


@dataclass(frozen=True)
class Figures:
    """What one dashboard shows; None is hidden."""

    year: ProgramYear
    as_of: datetime
    money: Money
    children: int | None
    issued_yen: int | None
    used_yen: int | None
    redemptions: int | None
    used_once: int | None
    used_once_least: int | None  # when used_once is hidden because nearly all used it: this many or more
    take_up: Share | None
    activation: Share | None
    redemption_per_mille: int | None
    providers: int
    classrooms: int
    classrooms_used: int | None
    by_grade: Table
    by_category: Table
    by_month: Table

    @property
    def redemption_words(self) -> str:
        """'45.6', in per cent; '' when hidden."""
        return (
            ""
            if self.redemption_per_mille is None
            else f"{self.redemption_per_mille // 10}.{self.redemption_per_mille % 10}"
        )


def measure_year(year: ProgramYear) -> Figures:
    """Measure one program year as of now. Eight queries, whatever the size."""
    k = year.program.small_cell
    children, issued_yen = _issued(year)
    uses = Redemption.objects.filter(coupon__year=year, reversals__isnull=True)
    used = uses.aggregate(
        yen=Sum("amount_yen", default=0),
        times=Count("id"),
        children=Count("coupon__child", distinct=True),
        places=Count("place_id", distinct=True),
    )
    few, few_used = is_small(children, k), is_small(used["children"], k)
    split = suppress_list([used["children"], children - used["children"]], k)
    nearly_all = used["children"] >= k and bool(split.cells)
    return Figures(
        year=year,
        as_of=now(),
        money=_money(year, few=few or few_used),
        children=None if few else children,
        issued_yen=None if few else issued_yen,
        used_yen=None if few or few_used else used["yen"],
        redemptions=None if few or few_used else used["times"],
        used_once=None if few or split.cells else used["children"],
        used_once_least=children - k + 1 if nearly_all and not few else None,
        take_up=share(children, year.eligible_children or 0, k),
        activation=share(used["children"], children, k),
        redemption_per_mille=None if few or few_used or not issued_yen else used["yen"] * 1000 // issued_yen,
        classrooms_used=None if few or few_used else used["places"],
        by_grade=_by_grade(year, k),
        by_category=_by_category(uses, k, used["children"]),
        by_month=_by_month(year, uses, k, used["children"]),
        **_schools(),
    )


def _issued(year: ProgramYear) -> tuple[int, int]:
    issued = _coupons(year).aggregate(children=Count("child", distinct=True), yen=Sum("face_yen", default=0))
    return issued["children"], issued["yen"]


def _coupons(year: ProgramYear) -> QuerySet[Coupon]:
    held: QuerySet[Coupon] = Coupon.objects.filter(year=year).exclude(state=Coupon.State.VOID)
    return held


def _money(year: ProgramYear, *, few: bool) -> Money:
    """Flows into and out of the fund and the coupons, up to the end of the fiscal year.

    With few children the amounts that follow from their number are hidden: issued, used and left.
    """
    after = start_of(date(year.year + 1, 4, 1))
    with connection.cursor() as cursor:
        cursor.execute(FLOWS, {"first": start_of(date(year.year, 4, 1)), "after": after})
        flows = {
            (debit, credit): (int(this or 0), int(ever)) for debit, credit, this, ever in cursor.fetchall()
        }
    received = _net(flows, Kind.FUND, without={Kind.COUPON})
    issued = _net(flows, Kind.COUPON, without={Kind.PAYABLE})  # less what came back when coupons ended
    on_coupons = _net(flows, Kind.COUPON, without=set())
    carried = (received[1] - received[0]) - (issued[1] - issued[0])
    return Money(
        budget_yen=carried + received[0],
        received_yen=received[0],
        spent_yen=None if few else issued[0] - on_coupons[0],
        on_coupons_yen=None if few else on_coupons[1],
        left_yen=None if few else received[1] - issued[1],
    )


def _net(flows: dict[tuple[str, str], tuple[int, int]], kind: str, *, without: set[Kind]) -> tuple[int, int]:
    """What came into accounts of `kind` less what went out: in the fiscal year, and ever before its end."""
    this = ever = 0
    for (debit, credit), (of_year, of_all) in flows.items():
        if debit == credit or {debit, credit} & without:
            continue
        sign = (credit == kind) - (debit == kind)
        this += sign * of_year
        ever += sign * of_all
    return this, ever


def _masked(
    keys: Iterable[str | int | date], values: list[int], children: list[int], k: int, total: int
) -> Table:
    """A table of `values`, masked by the children that stand behind each cell."""
    mask = suppress_list(children, k, total)
    rows = [
        Row(key, None if place in mask.cells else value)
        for place, (key, value) in enumerate(zip(keys, values, strict=True))
    ]
    return Table(rows, None if mask.total else sum(values))


def _by_grade(year: ProgramYear, k: int) -> Table:
    """Children with a coupon by the grade they are in during the fiscal year; erased children have none."""
    held = _coupons(year).filter(child__key__destroyed_at__isnull=True).select_related("child__key")
    children = {coupon.child_id: coupon.child for coupon in held}
    counted = Counter(
        child.grade_override or grade(child.birth_date, year.year) for child in children.values()
    )
    grades = list(range(min(counted), max(counted) + 1)) if counted else []
    counts = [counted[one] for one in grades]
    mask = suppress_list(counts, k)
    rows = [
        Row(one, None if place in mask.cells else count)
        for place, (one, count) in enumerate(zip(grades, counts, strict=True))
    ]
    return Table(rows, None if mask.total else sum(counts))


def _by_category(uses: QuerySet[Redemption], k: int, children: int) -> Table:
    found = {
        row["category"]: row
        for row in uses.values("category").annotate(
            yen=Sum("amount_yen"), children=Count("coupon__child", distinct=True)
        )
    }
    keys = list(Category.values)
    return _masked(
        keys,
        [found[key]["yen"] if key in found else 0 for key in keys],
        [found[key]["children"] if key in found else 0 for key in keys],
        k,
        children,
    )


def _by_month(year: ProgramYear, uses: QuerySet[Redemption], k: int, children: int) -> Table:
    """Months of the fiscal year up to the present one."""
    found = {
        row["month"]: row
        for row in uses.values(month=TruncMonth("redeemed_on")).annotate(
            yen=Sum("amount_yen"), children=Count("coupon__child", distinct=True)
        )
    }
    keys = [month for month in _months(year.year) if month <= today() or month in found]
    return _masked(
        keys,
        [found[key]["yen"] if key in found else 0 for key in keys],
        [found[key]["children"] if key in found else 0 for key in keys],
        k,
        children,
    )


def _months(year: int) -> list[date]:
    return [date(year + (month > 12), (month - 1) % 12 + 1, 1) for month in range(4, 16)]


def _schools() -> dict[str, int]:
    approved = Q(state=Provider.State.APPROVED, approved_until__gte=today())
    return {
        "providers": Provider.objects.filter(approved).count(),
        "classrooms": Classroom.objects.filter(
            is_open=True, provider__in=Provider.objects.filter(approved)
        ).count(),
    }
