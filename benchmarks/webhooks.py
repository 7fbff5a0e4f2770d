"""A burst of signed webhooks: how many a second are acknowledged, and that none is lost.

The witness is outside: the sender's own list of what was acknowledged, held against the rows of events and the
messages of the outbox, read by the database's superuser.
"""

import hashlib
import hmac
import json
import os
import platform
import statistics
import time
from typing import Any

import psycopg2

from benchmarks.gifts import Gifts, prepared
from benchmarks.open_loop import send
from benchmarks.servers import Servers, running

BURST = 2_000
BURSTS = 5
AT_ONCE = 16
KINDS = ("payment_intent.succeeded", "charge.succeeded", "checkout.session.completed", "charge.updated")


def bench(*, burst: int = BURST) -> dict[str, Any]:
    """Several bursts; the middle one counts. The last one is sent twice: a repeat is acknowledged and adds nothing."""
    made: list[Gifts] = []
    with running(lambda environment: made.append(prepared(environment))) as servers:
        gifts = made[0]
        send(servers.web_port, _requests(servers, gifts, "warm", 200), count=200, connections=AT_ONCE)
        rates, cpu, times, acknowledged = [], [], [], [f"evt_warm_{n}" for n in range(200)]
        for number in range(BURSTS):
            request = _requests(servers, gifts, str(number), burst)
            before = servers.cpu_seconds()
            heard = send(servers.web_port, request, count=burst, connections=AT_ONCE)
            cpu.append((servers.cpu_seconds() - before) * 1000 / burst)
            if heard.other:
                raise SystemExit(
                    f"{heard.other} were not acknowledged, the first: {heard.first_other[:300]!r}"
                )
            rates.append(len(heard.good) / heard.seconds)
            times.append(heard)
            acknowledged += [f"evt_{number}_{n}" for n in heard.good]
        again = send(servers.web_port, request, count=burst, connections=AT_ONCE)
        stored, messages = _in_the_books(servers, gifts)
    middle = times[rates.index(statistics.median(rates))]
    return {
        "bench": "webhooks",
        "rps": round(statistics.median(rates), 1),
        "pairs": [round(rate, 1) for rate in rates],
        "p50_ms": middle.percentile(0.5),
        "p95_ms": middle.percentile(0.95),
        "p99_ms": middle.percentile(0.99),
        "cpu_ms": round(statistics.median(cpu), 2),
        "rps_repeated": round(len(again.good) / again.seconds, 1),
        "acknowledged": len(acknowledged),
        "lost": len(set(acknowledged) - set(stored)) + len(set(acknowledged) - set(messages)),
        "doubled": len(stored) - len(set(stored)) + len(messages) - len(set(messages)),
        "errors": again.other,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    }


def _requests(servers: Servers, gifts: Gifts, name: str, count: int) -> Any:
    """Each with an event of its own, signed beforehand as Stripe signs."""
    moment = int(time.time())
    said = []
    for number in range(count):
        reference = gifts.references[number % len(gifts.references)]
        event = {
            "id": f"evt_{name}_{number}",
            "object": "event",
            "type": KINDS[number % len(KINDS)],
            "livemode": False,
            "data": {
                "object": {"id": f"pi_{number}", "metadata": {"donation": reference}, "padding": "x" * 2_000}
            },
        }
        body = json.dumps(event)
        mark = hmac.new(gifts.secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()
        head = (
            f"POST /{gifts.program}/webhooks/stripe/{gifts.endpoint}/ HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{servers.web_port}\r\nContent-Type: application/json\r\n"
            f"Stripe-Signature: t={moment},v1={mark}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        said.append((head + body).encode())
    return said.__getitem__


def _in_the_books(servers: Servers, gifts: Gifts) -> tuple[list[str], list[str]]:
    """Ids of the stored events, and of the events that messages are about."""
    connection = psycopg2.connect(servers.environment["MIGRATE_DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SET ROLE sc_owner")
        cursor.execute("SELECT set_config('app.program', %s, true)", [str(gifts.program_id)])
        cursor.execute("SELECT event_id FROM donations_webhookevent")
        stored = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT facts->>'event_id' FROM outbox_message WHERE topic = 'stripe_event'")
        messages = [row[0] for row in cursor.fetchall()]
    connection.close()
    return stored, messages
