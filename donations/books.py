"""What the ledger must hold for every gift and grant, for verify_books, and the program's totals."""

from django.db.models import Count, Sum

from donations.models import Grant
from donations.queries import paid_gifts

PREFIXES = (
    "donation:",
    "grant:",
    "grant_part:",
    "company_gift:",
)  # every transfer with such a source must be claimed below

# Where a gift's money arrives: at Stripe, or for gifts by hand in the bank (Donation.arrives_in).
_ARRIVES = (
    "CASE WHEN d.method IN ('cash', 'furusato', 'postal', 'transfer') THEN o.bank_id ELSE o.clearing_id END"
)
_GIFT = """
  FROM donations_donation d
  JOIN donations_campaign c ON c.program_id = d.program_id AND c.id = d.campaign_id
  JOIN donations_organisation o ON o.program_id = c.program_id AND o.id = c.organisation_id
 WHERE d.state = 'paid'"""

# Rows of (source text, leg int, debit_id bigint, credit_id bigint, amount_yen bigint), in the program's scope.
CLAIMS = [
    f"SELECT 'donation:' || d.id, 1, {_ARRIVES}, c.fund_id, (d.amount_yen - d.operating_yen)::bigint" + _GIFT,
    f"SELECT 'donation:' || d.id, 2, {_ARRIVES}, c.operating_id, d.operating_yen::bigint"
    + _GIFT
    + " AND d.operating_yen > 0",
    "SELECT 'donation:' || d.id, 3, o.fees_id, o.clearing_id, d.fee_yen::bigint"
    + _GIFT
    + " AND d.fee_yen > 0",
    "SELECT 'grant:' || g.id, 1, g.bank_id, g.fund_id, g.amount_yen FROM donations_grant g"
    " WHERE g.promised_on IS NULL",
    # A promise that counts: receivable -> fund once, then each part bank <- receivable.
    "SELECT 'grant:' || g.id, 1, g.receivable_id, g.fund_id, g.promised_yen FROM donations_grant g"
    " WHERE g.receivable_id IS NOT NULL",
    "SELECT 'grant_part:' || p.id, 1, g.bank_id, coalesce(g.receivable_id, g.fund_id), p.amount_yen"
    " FROM donations_grantpart p"
    " JOIN donations_grant g ON g.program_id = p.program_id AND g.id = p.grant_id",
    "SELECT 'company_gift:' || y.id, 1, y.bank_id, s.account_id, y.amount_yen FROM donations_companygift y"
    " JOIN donations_sponsorfund s ON s.program_id = y.program_id AND s.id = y.fund_id"
    " WHERE y.state = 'received'",
]

# Rows of words, one for each violation that no transfer shows.
MORE = [
    "SELECT 'grant:' || g.id || ': its parts sum to ' || p.yen || ', it says ' || g.amount_yen"
    " FROM donations_grant g JOIN (SELECT grant_id, sum(amount_yen) AS yen FROM donations_grantpart"
    " GROUP BY grant_id) p ON p.grant_id = g.id"
    " WHERE g.promised_on IS NOT NULL AND (p.yen <> g.amount_yen OR p.yen > g.promised_yen)",
    "SELECT 'offline_gift:' || f.id || ': not booked as it was noted' FROM donations_offlinegift f"
    " LEFT JOIN donations_donation d ON d.program_id = f.program_id AND d.id = f.donation_id"
    " WHERE f.state = 'approved' AND (d.state, d.amount_yen, d.method, d.campaign_id)"
    " IS DISTINCT FROM ('paid', f.amount_yen, f.way, f.campaign_id)",
    "SELECT 'invoices of organisation ' || organisation_id || ' in ' || year || ': numbers with gaps'"
    " FROM donations_invoice GROUP BY organisation_id, year HAVING max(serial) <> count(*)",
    "SELECT 'bank_match:' || m.id || ': its source ' || m.source || ' is not in the books'"
    " FROM donations_bankmatch m WHERE m.source <> '' AND NOT EXISTS"
    " (SELECT 1 FROM ledger_transfer t WHERE t.source = m.source)",
]


def totals() -> dict[str, int]:
    """donated_yen (paid gifts), donations (how many), grants_yen of the program one acts in."""
    given = paid_gifts().aggregate(yen=Sum("amount_yen", default=0), count=Count("id"))
    granted = Grant.objects.aggregate(yen=Sum("amount_yen", default=0))
    return {"donated_yen": given["yen"], "donations": given["count"], "grants_yen": granted["yen"]}
