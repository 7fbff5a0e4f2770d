"""What became of a campaign's money: its fund, the coupons from it, the lessons. The same for every reader.

Gifts lie in one fund, so nobody can say which child one gift reached, and nobody should. All figures are
the fund's, of complete months, and pass through periods.py, which decides what may be shown.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from donations.models import Campaign
from donations.queries import Standing, standing_of
from kernel.clock import fiscal_year, start_of, today
from metrics.periods import FEWEST_SCHOOLS, Cell, Month, Period, Sum, Totals, add_up, last_published, publish
from partners.models import Provider
from programs.models import ProgramYear

OTHER = ""  # a use at an account of no school
KINDS: dict[str, Any] = {**dict(Provider.Kind.choices), OTHER: _("Other")}

# Both count a use when it was booked and its taking back when that was booked: so a month that is over
# never changes. Children first, then months and kinds; a child whose uses of a month were all taken back
# again does not count. Arrays are cut: whoever reads them asks only whether there are k, or three.
_USES = """
WITH flow AS (
  SELECT c.child_id, r.payee_id, r.redeemed_at AS moment, r.amount_yen AS yen, 1 AS times
  FROM coupons_coupon c JOIN coupons_redemption r ON r.program_id = c.program_id AND r.coupon_id = c.id
  WHERE c.fund_id = %(fund)s AND r.redeemed_at < %(after)s
  UNION ALL
  SELECT c.child_id, r.payee_id, v.reversed_at, -r.amount_yen, -1
  FROM coupons_coupon c JOIN coupons_redemption r ON r.program_id = c.program_id AND r.coupon_id = c.id
  JOIN coupons_reversal v ON v.program_id = r.program_id AND v.redemption_id = r.id
  WHERE c.fund_id = %(fund)s AND v.reversed_at < %(after)s
), of_child AS (
  SELECT date_trunc('month', f.moment AT TIME ZONE 'Asia/Tokyo')::date AS month, coalesce(p.kind, '') AS kind,
    f.child_id, sum(f.yen)::bigint AS yen, sum(f.times)::bigint AS times,
    min(f.payee_id) AS one_school, max(f.payee_id) AS another
  FROM flow f LEFT JOIN partners_provider p ON p.payable_id = f.payee_id
  GROUP BY 1, 2, 3 HAVING sum(f.yen) <> 0
)"""
_COUPONS = """
WITH of_child AS (
  SELECT date_trunc('month', c.issued_at AT TIME ZONE 'Asia/Tokyo')::date AS month, 'coupons' AS kind,
    c.child_id, sum(c.face_yen)::bigint AS yen, count(*) AS times, 0::bigint AS one_school, 0::bigint AS another
  FROM coupons_coupon c WHERE c.fund_id = %(fund)s AND c.issued_at < %(after)s GROUP BY 1, 3
)"""
_ENDED = """
WITH of_child AS (
  SELECT date_trunc('month', e.expired_at AT TIME ZONE 'Asia/Tokyo')::date AS month, 'coupons' AS kind,
    c.child_id, sum(e.amount_yen)::bigint AS yen, count(*) AS times, 0::bigint AS one_school, 0::bigint AS another
  FROM coupons_coupon c JOIN coupons_expiry e ON e.program_id = c.program_id AND e.coupon_id = c.id
  WHERE c.fund_id = %(fund)s AND e.expired_at < %(after)s GROUP BY 1, 3
)"""
_CELLS = """
SELECT month, kind, sum(yen)::bigint, sum(times)::bigint,
  (array_agg(child_id ORDER BY (yen > 0) DESC))[1:%(k)s], (array_agg(yen ORDER BY (yen > 0) DESC))[1:%(k)s],
  (array_agg(DISTINCT one_school))[1:%(schools)s] || (array_agg(DISTINCT another))[1:%(schools)s]
FROM of_child GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class FundStory:
    """Gift -> fund -> coupons -> lessons, of one campaign's fund."""

    campaign: Campaign
    standing: Standing
    k: int
    last_day: date  # the last day that is in the figures
    year: ProgramYear | None  # this fiscal year's rules
    coupons: Sum | None  # None: some were issued, to too few children to say how many
    returned: Sum  # what was left on coupons and went back to the fund
    periods: list[Period]
    uses: Totals

    @property
    def fund_yen(self) -> int:
        """What of the gifts is for coupons, less what went back to donors."""
        return self.standing.raised_yen - self.standing.operating_yen

    @property
    def became_yen(self) -> int:
        """What has become coupons, less what came back from them."""
        return self.coupons.yen - self.returned.yen if self.coupons else 0

    @property
    def per_cent(self) -> int:
        """How much of the fund has become coupons, rounded down. Donors may have taken money back since."""
        return min(self.became_yen * 100 // self.fund_yen, 100) if self.fund_yen > 0 else 0

    @property
    def is_empty(self) -> bool:
        """Whether no coupon had been issued by the last day of the figures."""
        return self.coupons is not None and not self.coupons.times


def story_of_fund(campaign: Campaign, *, k: int, on: date | None = None) -> FundStory:
    """The story as everyone reads it on the day `on`. k: Program.small_cell. Five queries."""
    after = last_published(on or today())
    issued = _flow(_COUPONS, campaign, after, k)
    coupons = add_up(publish(issued, ["coupons"], k), []).total
    returned = add_up(publish(_flow(_ENDED, campaign, after, k), ["coupons"], k), []).total
    used = _flow(_USES, campaign, after, k)
    kinds = [kind for kind in KINDS if kind or any(OTHER in cells for _month, cells in used)]
    periods = publish(used, kinds, k)
    return FundStory(
        campaign=campaign,
        standing=standing_of(campaign),
        k=k,
        last_day=after - timedelta(days=1),
        year=ProgramYear.objects.filter(year=fiscal_year(today())).first(),
        coupons=coupons if coupons.times or not issued else None,
        returned=returned,
        periods=periods,
        uses=add_up(periods, kinds),
    )


def _flow(of_child: str, campaign: Campaign, after: date, k: int) -> list[Month]:
    """Each month from the first with anything in it to the last complete one, with its cells."""
    asked = {"fund": campaign.fund_id, "after": start_of(after), "k": k, "schools": FEWEST_SCHOOLS}
    with connection.cursor() as cursor:
        cursor.execute(of_child + _CELLS, asked)
        rows = cursor.fetchall()
    found: dict[date, dict[str, Cell]] = {}
    for month, kind, yen, times, children, each_yen, schools in rows:
        by_child = dict(zip(children, each_yen, strict=True))
        found.setdefault(month, {})[kind] = Cell(yen, times, by_child, frozenset(schools))
    if not found:
        return []
    months: list[Month] = []
    month = min(found)
    while month < after:
        months.append((month, found.get(month, {})))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return months
