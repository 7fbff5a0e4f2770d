"""What the ledger must hold for every coupon, use, undoing and ending; and the program's totals."""

from django.db.models import Count, Sum

from coupons.models import Coupon, Expiry, Redemption, Reversal
from ledger.models import Balance, Kind

PREFIXES = ("coupon:", "redemption:", "reversal:", "expiry:")  # every such transfer must be claimed below

_USE = """
  FROM coupons_redemption r JOIN coupons_coupon c ON c.program_id = r.program_id AND c.id = r.coupon_id"""

# Rows of (source text, leg int, debit_id bigint, credit_id bigint, amount_yen bigint), in the program's scope.
CLAIMS = [
    "SELECT 'coupon:' || c.id, 1, c.fund_id, c.account_id, c.face_yen::bigint FROM coupons_coupon c",
    "SELECT 'redemption:' || r.id, 1, c.account_id, r.payee_id, r.amount_yen" + _USE,
    "SELECT 'reversal:' || v.id, 1, r.payee_id, c.account_id, r.amount_yen"
    + _USE
    + " JOIN coupons_reversal v ON v.program_id = r.program_id AND v.redemption_id = r.id",
    "SELECT 'expiry:' || e.id, 1, c.account_id, c.fund_id, e.amount_yen FROM coupons_expiry e"
    " JOIN coupons_coupon c ON c.program_id = e.program_id AND c.id = e.coupon_id",
]

# Each row is one violation in words. A use, its transfer and its line in the trail carry one id.
MORE = [
    "SELECT 'redemption ' || r.id || ': its transfer or its trail has another id' FROM coupons_redemption r"
    " LEFT JOIN ledger_transfer t ON t.program_id = r.program_id AND t.id = r.id"
    "  AND t.source = 'redemption:' || r.id"
    " LEFT JOIN audit_record a ON a.program_id = r.program_id AND a.id = r.id"
    "  AND a.subject = 'redemption:' || r.id AND a.actor_id = r.redeemed_by_id"
    " WHERE t.id IS NULL OR a.id IS NULL",
    "SELECT 'coupon ' || c.id || ': used after its last day' FROM coupons_coupon c"
    " JOIN coupons_redemption r ON r.program_id = c.program_id AND r.coupon_id = c.id"
    " WHERE r.redeemed_on > c.last_day",
    # The rules a coupon was issued under, asked of each use anew.
    "SELECT 'coupon ' || c.id || ': ' || x.yen || ' yen used from ' || (w ->> 'first') || ', '"
    " || (w ->> 'yen') || ' allowed' FROM coupons_coupon c"
    " JOIN coupons_userules u ON u.program_id = c.program_id AND u.id = c.rules_id AND NOT u.carries_over"
    " CROSS JOIN LATERAL jsonb_array_elements(u.windows) w CROSS JOIN LATERAL"
    " (SELECT coupons_used(c.id, (w ->> 'first')::date, (w ->> 'last')::date) AS yen) x"
    " WHERE x.yen > (w ->> 'yen')::bigint",
    "SELECT 'redemption ' || r.id || ': its coupon does not pay for ' || r.category FROM coupons_redemption r"
    " JOIN coupons_coupon c ON c.program_id = r.program_id AND c.id = r.coupon_id"
    " JOIN coupons_userules u ON u.program_id = c.program_id AND u.id = c.rules_id"
    " WHERE NOT u.categories ? r.category",
]


def totals() -> dict[str, int]:
    """What was issued, used, taken back, returned to funds and is left, of the program one acts in."""
    issued = Coupon.objects.aggregate(yen=Sum("face_yen", default=0), count=Count("id"))
    used = Redemption.objects.aggregate(yen=Sum("amount_yen", default=0), count=Count("id"))
    undone = Reversal.objects.aggregate(yen=Sum("redemption__amount_yen", default=0))
    ended = Expiry.objects.aggregate(yen=Sum("amount_yen", default=0))
    left = Balance.objects.filter(account__kind=Kind.COUPON).aggregate(yen=Sum("balance_yen", default=0))
    return {
        "issued_yen": issued["yen"],
        "issued": issued["count"],
        "redeemed_yen": used["yen"],
        "redemptions": used["count"],
        "reversed_yen": undone["yen"],
        "expired_yen": ended["yen"],
        "left_yen": left["yen"],
    }
