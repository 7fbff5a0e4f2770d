"""Prove the books of one program: every yen in a transfer, every transfer claimed by its event.

These checks look from inside and cannot see a lost or doubled event (../shared/design/ledger.md,
rule 9): the tests hold the books against the tills' journals and the stand-in's own records too.
"""

from collections.abc import Iterable

from django.db import connection

BALANCES = """
SELECT 'account ' || a.id || ': stored ' || coalesce(b.balance_yen::text, 'nothing') || ', transfers say ' || s.net
FROM ledger_account a
LEFT JOIN ledger_balance b ON b.account_id = a.id
CROSS JOIN LATERAL (
    SELECT coalesce((SELECT sum(amount_yen) FROM ledger_transfer WHERE credit_id = a.id), 0)
         - coalesce((SELECT sum(amount_yen) FROM ledger_transfer WHERE debit_id = a.id), 0) AS net) s
WHERE a.kind IN ('fund', 'coupon') AND (b.balance_yen IS DISTINCT FROM s.net OR s.net < 0)
"""
STRAYS = """
SELECT 'balance of an account that needs none: ' || b.account_id FROM ledger_balance b
JOIN ledger_account a ON a.id = b.account_id WHERE a.kind NOT IN ('fund', 'coupon')
UNION ALL
SELECT 'transfer ' || t.id || ' has an account of another program' FROM ledger_transfer t
LEFT JOIN ledger_account d ON d.id = t.debit_id LEFT JOIN ledger_account c ON c.id = t.credit_id
WHERE d.id IS NULL OR c.id IS NULL
UNION ALL
SELECT 'transfer ' || t.id || ' does not mirror what it reverses' FROM ledger_transfer t
LEFT JOIN ledger_transfer r ON r.id = t.reverses
WHERE t.reverses IS NOT NULL
  AND (r.id IS NULL OR (t.debit_id, t.credit_id, t.amount_yen) <> (r.credit_id, r.debit_id, r.amount_yen))
"""
CLAIMED = """
WITH claimed (source, leg, debit_id, credit_id, amount_yen) AS ({claims})
SELECT source || ' leg ' || leg || ': claimed ' || count(*) || ' times' FROM claimed
GROUP BY source, leg HAVING count(*) > 1
UNION ALL
SELECT c.source || ' leg ' || c.leg || CASE WHEN t.id IS NULL THEN ': no transfer' ELSE ': another transfer' END
FROM claimed c LEFT JOIN ledger_transfer t ON t.source = c.source AND t.leg = c.leg
WHERE (t.debit_id, t.credit_id, t.amount_yen) IS DISTINCT FROM (c.debit_id, c.credit_id, c.amount_yen)
UNION ALL
SELECT 'transfer ' || t.id || ' of ' || t.source || ': nothing claims it'
FROM ledger_transfer t LEFT JOIN claimed c ON t.source = c.source AND t.leg = c.leg WHERE c.source IS NULL
"""


def verify(claims: Iterable[str], more: Iterable[str] = ()) -> list[str]:
    """What is wrong in the books of the program one acts in, in words; [] when nothing is.

    claims  SQL of the upper floors: rows (source, leg, debit_id, credit_id, amount_yen), one for each
            transfer that their events must have
    more    SQL of the upper floors: each row is one violation in words
    """
    claimed = CLAIMED.format(claims=" UNION ALL ".join(claims))
    said: list[str] = []
    with connection.cursor() as cursor:
        for question in (BALANCES, STRAYS, claimed, *more):
            cursor.execute(question)
            said += [row[0] for row in cursor.fetchall()]
    return said


def transfer_totals() -> dict[str, int]:
    """How many transfers, and their sum in yen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(sum(amount_yen), 0) FROM ledger_transfer")
        count, total = cursor.fetchone()
    return {"transfers": int(count), "transferred_yen": int(total)}
