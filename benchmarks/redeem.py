"""P1, P2, P3: redemption over HTTP against pgbench of the same SQL; a hot school against many."""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from benchmarks.client import ask
from benchmarks.redeem_data import TILLS, fill
from benchmarks.servers import HOME, ROOT, Servers, program, running

PAIRS = 5
CLIENTS = 8
# The same SQL as the product sends, in the same three messages: BEGIN with the scope and the till's counter,
# the one statement of the verb, COMMIT. (A till's token is made up in benchmarks/redeem_data.py.)
TOKEN_HASH = "encode(sha256(encode(sha256(('till ' || :school)::bytea), 'hex')::bytea), 'hex')"
SCRIPT = r"""
\set n random(1, {rows})
\set school {school}
BEGIN\; SELECT set_config('app.program', '1', true), set_config('app.user', '', true)\;
SELECT * FROM partners_counter_of_system({token_hash});
SELECT * FROM coupons_redeem((SELECT code FROM bench_code WHERE n = :n), 1, 'tuition', 1000 + :school, :school,
    :school, uuidv7(), 1, current_date, now());
COMMIT;
"""


def bench(*, rows: int, seconds: float) -> dict[str, Any]:
    """One run; see ../shared/reference/performance.md for the targets."""
    made: dict[str, list[str]] = {}

    def prepare(environment: dict[str, str]) -> None:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--database=migrate", "--verbosity=0"],
            cwd=ROOT,
            env=environment,
            check=True,
        )
        made["codes"], made["tokens"] = _fill(environment, rows)

    with running(prepare) as servers:
        spread = _script("spread.sql", rows, f"random(1, {TILLS})")
        hot = _script("hot.sql", rows, "1")
        statements = _statements_of_one(servers, made)
        answer = {"bench": "redeem", **_over_http(servers, made, spread, seconds), "statements": statements}
        answer["hot_to_spread"] = {
            str(clients): _hot_to_spread(servers, spread, hot, clients) for clients in (8, 32)
        }
        answer["rows"] = rows
        answer["machine"] = (
            f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
        )
        answer["violations"] = _verify(servers)
    return answer


def _fill(environment: dict[str, str], rows: int) -> tuple[list[str], list[str]]:
    connection = psycopg2.connect(environment["MIGRATE_DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SET ROLE sc_owner")
        made = fill(cursor, rows)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE sc_owner")
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    return made


def _script(name: str, rows: int, school: str) -> Path:
    path = HOME / name
    path.write_text(SCRIPT.format(rows=rows, school=school, token_hash=TOKEN_HASH))
    return path


def _over_http(servers: Servers, made: dict[str, list[str]], spread: Path, seconds: float) -> dict[str, Any]:
    each = seconds / PAIRS / 2
    ask(servers.web_port, clients=CLIENTS, seconds=1.5, tokens=made["tokens"], codes=made["codes"])
    _pgbench(servers, spread, CLIENTS, 1)
    pairs, http, ceiling, times, cpu = [], [], [], [], []
    for _ in range(PAIRS):
        before = servers.cpu_seconds()
        answers = ask(
            servers.web_port, clients=CLIENTS, seconds=each, tokens=made["tokens"], codes=made["codes"]
        )
        cpu.append((servers.cpu_seconds() - before) * 1000 / max(answers.taken, 1))
        if answers.other:
            raise SystemExit(f"{answers.other} answers were not 201, the first: {answers.first_other!r}")
        http.append(answers.taken / answers.seconds)
        times.append(answers)
        ceiling.append(_pgbench(servers, spread, CLIENTS, each))
        pairs.append(http[-1] / ceiling[-1])
    middle = times[len(times) // 2]
    return {
        "ratio": round(statistics.median(pairs), 3),
        "pairs": [round(pair, 3) for pair in pairs],
        "http_rps": round(statistics.median(http), 1),
        "pgbench_tps": round(statistics.median(ceiling), 1),
        "p50_ms": middle.percentile(0.5),
        "p95_ms": middle.percentile(0.95),
        "p99_ms": middle.percentile(0.99),
        "cpu_ms": round(statistics.median(cpu), 2),
    }


def _hot_to_spread(servers: Servers, spread: Path, hot: Path, clients: int) -> float:
    pairs = [
        _pgbench(servers, hot, clients, 1.5) / _pgbench(servers, spread, clients, 1.5) for _ in range(PAIRS)
    ]
    return round(statistics.median(pairs), 3)


def _pgbench(servers: Servers, script: Path, clients: int, seconds: float) -> float:
    parts = urlsplit(servers.environment["DATABASE_URL"])
    command = [program("pgbench"), "-n", "-M", "simple", "-f", str(script), "-c", str(clients), "-j", "2"]
    command += ["-T", str(max(1, round(seconds))), "-h", str(parts.hostname), "-p", str(parts.port)]
    command += ["-U", str(parts.username), parts.path.strip("/")]
    done = subprocess.run(
        command, env={**os.environ, "PGPASSWORD": str(parts.password)}, capture_output=True, text=True
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("tps =")]
    if not found:
        raise SystemExit(f"pgbench did not finish:\n{done.stdout}\n{done.stderr}")
    return float(found[0].split()[2])


def _statements_of_one(servers: Servers, made: dict[str, list[str]]) -> int:
    """Statements of one redemption on a warm connection, BEGIN and COMMIT counted, from PostgreSQL's own log."""
    ask(servers.web_port, clients=1, seconds=0.5, tokens=made["tokens"], codes=made["codes"])
    log = HOME / "log" / "postgres.log"
    connection = psycopg2.connect(servers.admin_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET log_statement = 'all'")
        cursor.execute("SELECT pg_reload_conf()")
        time.sleep(1)
        start = log.stat().st_size
        asked = ask(
            servers.web_port, clients=1, seconds=0.3, tokens=made["tokens"], codes=made["codes"]
        ).taken
        time.sleep(0.5)
        said = log.read_bytes()[start:].decode(errors="replace")
        cursor.execute("ALTER SYSTEM RESET log_statement")
        cursor.execute("SELECT pg_reload_conf()")
    connection.close()
    return round(sum(" statement: " in line for line in said.splitlines()) / asked)


def _verify(servers: Servers) -> int:
    """The books after the storm, but for the grant that only the bench made up."""
    done = subprocess.run(
        [sys.executable, "manage.py", "verify_books", "--json"],
        cwd=ROOT,
        env=servers.environment,
        capture_output=True,
        text=True,
    )
    body = json.loads(done.stdout)
    return sum(1 for said in body["offenders"] if "grant:1" not in said)
