"""Stripe's list against the books: 100,000 balance transactions, read over HTTP, explained and compared.

The stand-in makes the charges; their gifts and transfers are written in bulk by the owner, so that the books
are whole. The product then reads the list for the first time, page by page, as it would after a lost database
of lines; and once more, as every night.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras

from benchmarks.gifts import Gifts, prepared
from benchmarks.servers import ROOT, Servers, running
from tests.stripe_standin.running import running_standin

KEY = "sk_test_standin"  # of the demonstration's organisation
AMOUNT_YEN = 1_000

GIFT = """
INSERT INTO donations_donation (id, program_id, campaign_id, email, public_name, is_anonymous, amount_yen,
    operating_yen, fee_yen, gone_yen, request_key, reference, session_id, invoice_id, payment_intent_id, charge_id, state,
    agreement_version, language, method, customer_id, started_at, paid_at)
SELECT d.n, {program}, {campaign}, 'bench@bench.example', '', true, {amount}, 0, {fee}, 0, gen_random_uuid(),
    gen_random_uuid(), '', '', d.intent, d.charge, 'paid', '1', 'ja', 'card', '', now(), now()
FROM (VALUES %s) d (n, charge, intent)
"""
TRANSFERS = """
INSERT INTO ledger_transfer (program_id, debit_id, credit_id, amount_yen, source, leg, posted_at)
SELECT {program}, o.clearing_id, c.fund_id, {amount}, 'donation:' || n, 1, now()
  FROM generate_series(1, {count}) n, donations_campaign c JOIN donations_organisation o ON o.id = c.organisation_id
 WHERE c.id = {campaign}
UNION ALL
SELECT {program}, o.fees_id, o.clearing_id, {fee}, 'donation:' || n, 3, now()
  FROM generate_series(1, {count}) n, donations_campaign c JOIN donations_organisation o ON o.id = c.organisation_id
 WHERE c.id = {campaign};
UPDATE ledger_balance SET balance_yen = balance_yen + {count}::bigint * {amount}
 WHERE account_id = (SELECT fund_id FROM donations_campaign WHERE id = {campaign});
"""


def bench(*, rows: int) -> dict[str, Any]:
    """One run; the target is 100,000 lines in under 60 s."""
    made: list[Gifts] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running_standin(Path(folder)) as standin,
        running(lambda environment: made.append(prepared(environment))) as servers,
    ):
        said = standin.control("bulk_charges", {"key": KEY, "count": rows, "amount": AMOUNT_YEN, "ids": True})
        _write_gifts(servers, made[0], said)
        environment = {**servers.environment, "STRIPE_API_BASE": standin.base_url, "DEMO": "1"}
        words = [sys.executable, "-m", "benchmarks.reconcile", str(made[0].program_id)]
        done = subprocess.run(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return {"bench": "reconcile", **answer, "rows": rows, "machine": machine}


def _write_gifts(servers: Servers, gifts: Gifts, said: dict[str, Any]) -> None:
    ids = said["charges"]
    fee = (AMOUNT_YEN * 36 + 500) // 1_000
    names = {
        "program": gifts.program_id,
        "campaign": gifts.campaign,
        "amount": AMOUNT_YEN,
        "fee": fee,
        "count": len(ids),
    }
    connection = psycopg2.connect(servers.environment["MIGRATE_DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SET ROLE sc_owner")
        rows = [(n, charge, intent) for n, (charge, intent, _line) in enumerate(ids, 1)]
        psycopg2.extras.execute_values(cursor, GIFT.format(**names), rows, page_size=5_000)
        cursor.execute(TRANSFERS.format(**names))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE sc_owner")
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def measure(program_id: int) -> dict[str, Any]:
    """The first reading and the nightly one."""
    import django  # noqa: PLC0415  settings come from the environment of the bench's own servers

    django.setup()
    from donations.models import Organisation  # noqa: PLC0415  needs the line above
    from donations.reconcile import reconcile  # noqa: PLC0415
    from programs.scoping import acting_in  # noqa: PLC0415

    with acting_in(program_id):
        organisation = Organisation.objects.get()
    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        done = reconcile(program_id=program_id, organisation_id=organisation.pk)
        seconds.append(round(time.perf_counter() - began, 1))
    return {
        "seconds": seconds[0],
        "seconds_again": seconds[1],
        "lines": done.lines,
        "open_lines": done.open_lines,
        "difference_yen": done.difference_yen,
        "is_exact": done.is_exact,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
