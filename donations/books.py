"""What the ledger must hold for every gift and grant, for verify_books, and the program's totals."""

from django.db.models import Count, Sum

from donations.models import Grant
from donations.queries import paid_gifts

PREFIXES = (
    "donation:",
    "grant:",
    "refund:",
    "refund-failed:",
    "dispute:",
    "dispute-won:",
    "payout:",
    "payout-failed:",
    "stripe-line:",
    "grant_part:",
    "company_gift:",
    "grant_part-undone:",
    "company_gift-undone:",
    "reserve_fill:",
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

_OF_GIFT = """
  JOIN donations_donation d ON d.program_id = b.program_id AND d.id = b.donation_id
  JOIN donations_campaign c ON c.program_id = d.program_id AND c.id = d.campaign_id
  JOIN donations_organisation o ON o.program_id = c.program_id AND o.id = c.organisation_id"""
_PARTS = """
  CROSS JOIN LATERAL (VALUES (1, c.fund_id, b.fund_yen), (2, c.operating_id, b.operating_yen), (3,
      (SELECT a.id FROM ledger_account a WHERE a.program_id = b.program_id AND a.kind = 'loss_reserve'),
      b.reserve_yen)) part (leg, account_id, yen)
 WHERE part.yen > 0 AND """
_OF_ORGANISATION = """
  FROM {table} b JOIN donations_organisation o ON o.program_id = b.program_id AND o.id = b.organisation_id
 WHERE {when}"""

_UNDONE = (
    "SELECT m.source FROM donations_bankmatch m"
    " JOIN donations_bankunmatch u ON u.program_id = m.program_id AND u.match_id = m.id"
)
_COMPANY = """ FROM donations_companygift y
  JOIN donations_sponsorfund s ON s.program_id = y.program_id AND s.id = y.fund_id
 CROSS JOIN LATERAL"""


def _back(source: str, table: str, when: str, *, returned: bool = False) -> str:
    """Claims of money that went back: account -> where it came in, or the other way when it came again."""
    accounts = f"{_ARRIVES}, part.account_id" if returned else f"part.account_id, {_ARRIVES}"
    rows = f"{table} b{_OF_GIFT}{_PARTS}{when}"
    return f"SELECT '{source}:' || b.id, part.leg, {accounts}, part.yen::bigint FROM {rows}"  # noqa: S608  ours


def _dispute_fee(source: str, accounts: str, yen: str, when: str) -> str:
    rows = f"donations_dispute b{_OF_GIFT} WHERE {when} AND b.{yen} > 0"
    return f"SELECT '{source}:' || b.id, 4, {accounts}, b.{yen}::bigint FROM {rows}"  # noqa: S608  ours


def _of_organisation(source: str, table: str, columns: str, when: str) -> str:
    return f"SELECT '{source}:' || b.id, 1, {columns}{_OF_ORGANISATION.format(table=table, when=when)}"


# Rows of (source text, leg int, debit_id bigint, credit_id bigint, amount_yen bigint), in the program's scope.
CLAIMS = [
    f"SELECT 'donation:' || d.id, 1, {_ARRIVES}, c.fund_id, (d.amount_yen - d.operating_yen)::bigint" + _GIFT,
    f"SELECT 'donation:' || d.id, 2, {_ARRIVES}, c.operating_id, d.operating_yen::bigint"
    + _GIFT
    + " AND d.operating_yen > 0",
    "SELECT 'donation:' || d.id, 3, o.fees_id, o.clearing_id, d.fee_yen::bigint"
    + _GIFT
    + " AND d.fee_yen > 0",
    "SELECT 'donation:' || d.id, 4, o.bank_id, o.clearing_id, (d.amount_yen - d.fee_yen)::bigint"
    + _GIFT
    + " AND d.charge_id = '' AND d.method NOT IN ('cash', 'furusato', 'postal', 'transfer')",
    _back("refund", "donations_refund", "b.state IN ('done', 'failed')"),
    _back("refund-failed", "donations_refund", "b.state = 'failed'", returned=True),
    _back("dispute", "donations_dispute", "b.is_withdrawn"),
    _back("dispute-won", "donations_dispute", "b.is_returned", returned=True),
    _dispute_fee("dispute", "o.fees_id, o.clearing_id", "fee_yen", "b.is_withdrawn"),
    _dispute_fee("dispute-won", "o.clearing_id, o.fees_id", "fee_returned_yen", "b.is_returned"),
    _of_organisation("payout", "donations_payout", "o.bank_id, o.clearing_id, b.amount_yen", "true"),
    _of_organisation(
        "payout-failed", "donations_payout", "o.clearing_id, o.bank_id, b.amount_yen", "b.state = 'failed'"
    ),
    _of_organisation(
        "stripe-line",
        "donations_stripeline",
        "o.fees_id, o.clearing_id, -b.net_yen",
        "b.explained_by = 'stripe-line:' || b.id",
    ),
    "SELECT 'grant:' || g.id, 1, g.bank_id, g.fund_id, g.amount_yen FROM donations_grant g"
    " WHERE g.promised_on IS NULL",
    # A promise that counts: receivable -> fund once, then each part bank <- receivable.
    "SELECT 'grant:' || g.id, 1, g.receivable_id, g.fund_id, g.promised_yen FROM donations_grant g"
    " WHERE g.receivable_id IS NOT NULL",
    "SELECT 'grant_part:' || p.id, 1, g.bank_id, coalesce(g.receivable_id, g.fund_id), p.amount_yen"
    " FROM donations_grantpart p"
    " JOIN donations_grant g ON g.program_id = p.program_id AND g.id = p.grant_id",
    # A wrong bank line that was taken back: each time it came is a leg, and each time it was undone.
    "SELECT 'grant_part-undone:' || p.id, 1, coalesce(g.receivable_id, g.fund_id), g.bank_id,"  # noqa: S608  ours
    " p.amount_yen"
    " FROM donations_grantpart p JOIN donations_grant g ON g.program_id = p.program_id AND g.id = p.grant_id"
    f" WHERE 'grant_part:' || p.id IN ({_UNDONE})",
    "SELECT 'company_gift:' || y.id, came.leg, y.bank_id, s.account_id, y.amount_yen"
    f"{_COMPANY} generate_series(1, y.undone_times + (y.state = 'received')::int) came (leg)",
    "SELECT 'company_gift-undone:' || y.id, gone.leg, s.account_id, y.bank_id, y.amount_yen"
    f"{_COMPANY} generate_series(1, y.undone_times) gone (leg)",
    "SELECT 'reserve_fill:' || f.id, 1, f.operating_id, f.reserve_id, f.amount_yen FROM donations_reservefill f"
    " WHERE f.state = 'filled'",
]

# Rows of words, one for each violation that no transfer shows.
MORE = [
    "SELECT 'grant:' || g.id || ': its parts sum to ' || p.yen || ', it says '"  # noqa: S608  ours
    " || g.amount_yen"
    " FROM donations_grant g CROSS JOIN LATERAL (SELECT coalesce(sum(q.amount_yen), 0) AS yen"
    " FROM donations_grantpart q WHERE q.program_id = g.program_id AND q.grant_id = g.id"
    f" AND 'grant_part:' || q.id NOT IN ({_UNDONE})) p"
    " WHERE g.promised_on IS NOT NULL AND (p.yen <> g.amount_yen OR p.yen > g.promised_yen)",
    "SELECT 'company_gift:' || y.id || ': taken back ' || y.undone_times || ' times, its lines ' || count(u.id)"
    " FROM donations_companygift y LEFT JOIN donations_bankmatch m"
    "  ON m.program_id = y.program_id AND m.source = 'company_gift:' || y.id"
    " LEFT JOIN donations_bankunmatch u ON u.program_id = m.program_id AND u.match_id = m.id"
    " GROUP BY y.id, y.undone_times HAVING count(u.id) <> y.undone_times",
    "SELECT 'bank_line:' || m.line_id || ': explained ' || count(*) || ' times' FROM donations_bankmatch m"
    " LEFT JOIN donations_bankunmatch u ON u.program_id = m.program_id AND u.match_id = m.id"
    " WHERE u.id IS NULL GROUP BY m.line_id HAVING count(*) > 1",
    "SELECT m.source || ': the money of ' || count(*) || ' bank lines' FROM donations_bankmatch m"
    " LEFT JOIN donations_bankunmatch u ON u.program_id = m.program_id AND u.match_id = m.id"
    " WHERE u.id IS NULL AND m.source <> '' GROUP BY m.source HAVING count(*) > 1",
    "SELECT 'offline_gift:' || f.id || ': not booked as it was noted' FROM donations_offlinegift f"
    " LEFT JOIN donations_donation d ON d.program_id = f.program_id AND d.id = f.donation_id"
    " WHERE f.state = 'approved' AND (d.state, d.amount_yen, d.method, d.campaign_id)"
    " IS DISTINCT FROM ('paid', f.amount_yen, f.way, f.campaign_id)",
    "SELECT 'refund:' || r.id || ': of a gift by hand, and no second person' FROM donations_refund r"
    " JOIN donations_donation d ON d.program_id = r.program_id AND d.id = r.donation_id"
    " WHERE d.method IN ('cash', 'furusato', 'postal', 'transfer') AND NOT r.needs_second",
    "SELECT 'invoices of organisation ' || organisation_id || ' in ' || year || ': numbers with gaps'"
    " FROM donations_invoice GROUP BY organisation_id, year HAVING max(serial) <> count(*)",
    "SELECT 'bank_match:' || m.id || ': its source ' || m.source || ' is not in the books'"
    " FROM donations_bankmatch m WHERE m.source <> '' AND NOT EXISTS"
    " (SELECT 1 FROM ledger_transfer t WHERE t.source = m.source)",
    "SELECT 'donation:' || d.id || ': ' || d.gone_yen || ' yen are said to have gone back, ' || b.yen || ' have'"
    " FROM donations_donation d CROSS JOIN LATERAL (SELECT"
    "  coalesce((SELECT sum(r.amount_yen) FROM donations_refund r WHERE r.program_id = d.program_id"
    "   AND r.donation_id = d.id AND r.state = 'done'), 0)"
    "  + coalesce((SELECT sum(p.amount_yen) FROM donations_dispute p WHERE p.program_id = d.program_id"
    "   AND p.donation_id = d.id AND p.is_withdrawn AND NOT p.is_returned), 0) AS yen) b"
    " WHERE least(b.yen, d.amount_yen) <> d.gone_yen",
    # All-or-nothing: a promise has its card, and nothing is taken before the goal was met.
    "SELECT 'donation:' || d.id || ': promised without a card' FROM donations_donation d"
    " LEFT JOIN donations_savedcard s ON s.program_id = d.program_id AND s.donation_id = d.id"
    " WHERE d.state IN ('saved', 'declined', 'let_go') AND s.id IS NULL",
    "SELECT 'donation:' || d.id || ': taken, but its goal was not met' FROM donations_donation d"
    " JOIN donations_campaign c ON c.program_id = d.program_id AND c.id = d.campaign_id"
    " WHERE c.kind = 'all_or_nothing' AND d.state = 'paid' AND c.goal_met IS NOT TRUE",
    "SELECT 'donation:' || d.id || ': not as its monthly gift was agreed' FROM donations_donation d"
    " JOIN donations_pledge p ON p.program_id = d.program_id AND p.id = d.pledge_id"
    " WHERE d.campaign_id <> p.campaign_id OR d.email <> p.email OR NOT p.agreed_yen @> to_jsonb(d.amount_yen)",
    # Receipts: numbers run from 1 without a gap, and a receipt is the sum of its gifts.
    "SELECT 'receipts of ' || c.year || ' of organisation ' || c.organisation_id || ': numbers 1 to '"
    " || c.last_number || ', receipts ' || count(r.id) || ', from ' || coalesce(min(r.number), 0)"
    " || ' to ' || coalesce(max(r.number), 0)"
    " FROM donations_receiptcounter c LEFT JOIN donations_receipt r ON r.program_id = c.program_id"
    "  AND r.organisation_id = c.organisation_id AND r.year = c.year"
    " GROUP BY c.id, c.year, c.organisation_id, c.last_number"
    " HAVING count(r.id) <> c.last_number OR coalesce(max(r.number), 0) <> c.last_number"
    "  OR (count(r.id) > 0 AND min(r.number) <> 1)",
    "SELECT 'receipt ' || r.id || ': counted by no counter' FROM donations_receipt r"
    " LEFT JOIN donations_receiptcounter c ON c.program_id = r.program_id"
    "  AND c.organisation_id = r.organisation_id AND c.year = r.year WHERE c.id IS NULL",
    "SELECT 'receipt ' || r.id || ': ' || r.amount_yen || ' yen, its gifts ' || coalesce(sum(l.amount_yen), 0)"
    " FROM donations_receipt r LEFT JOIN donations_receiptline l"
    "  ON l.program_id = r.program_id AND l.receipt_id = r.id"
    " GROUP BY r.id, r.amount_yen HAVING coalesce(sum(l.amount_yen), 0) <> r.amount_yen",
    "SELECT 'receipt ' || r.id || ': its gifts are not as valid as it is' FROM donations_receipt r"
    " JOIN donations_receiptline l ON l.program_id = r.program_id AND l.receipt_id = r.id"
    " WHERE l.is_valid <> (r.state = 'issued') GROUP BY r.id",
    "SELECT 'receipt ' || l.receipt_id || ': more than was given' FROM donations_receiptline l"
    " JOIN donations_donation d ON d.program_id = l.program_id AND d.id = l.donation_id"
    " WHERE l.amount_yen > d.amount_yen OR d.state <> 'paid'",
]


def totals() -> dict[str, int]:
    """donated_yen (paid gifts), donations (how many), grants_yen of the program one acts in."""
    given = paid_gifts().aggregate(yen=Sum("amount_yen", default=0), count=Count("id"))
    granted = Grant.objects.aggregate(yen=Sum("amount_yen", default=0))
    return {"donated_yen": given["yen"], "donations": given["count"], "grants_yen": granted["yen"]}
