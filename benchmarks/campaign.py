"""The campaign's page at 200 requests a second: its times, its size, and what it would cost drawn each time."""

import gzip
import os
import platform
import re
import statistics
import urllib.request
from typing import Any

from benchmarks.gifts import Gifts, prepared
from benchmarks.open_loop import Heard, send
from benchmarks.servers import Servers, running

RATE = 200
RATE_WITHOUT = 20  # drawn each time, two cores bear little more
PAIRS = 5
MOST_BYTES = 150_000
MOST_P95_MS = 100


def bench(*, seconds: float) -> dict[str, Any]:
    """One run: with and without the remembered page in turn; see ../shared/reference/performance.md."""
    made: list[Gifts] = []
    with running(lambda environment: made.append(prepared(environment))) as servers:
        gifts = made[0]
        path = f"/{gifts.program}/campaigns/{gifts.campaign}/"
        # An address with a question mark is drawn for its visitor: the product's own way round the memory.
        with_it, without = _request(servers, path), _request(servers, f"{path}?amount=3000")
        for warm in (with_it, without):
            send(servers.web_port, warm, count=60, connections=8)
        each = seconds / PAIRS
        heard, cpu, cpu_without, slow = [], [], [], []
        for _ in range(PAIRS):
            heard.append(_measured(servers, with_it, RATE, each, cpu))
            slow.append(_measured(servers, without, RATE_WITHOUT, each / 2, cpu_without))
        flooded = send(servers.web_port, without, count=RATE * 3, rate=RATE)
        size = _size(f"http://127.0.0.1:{servers.web_port}{path}")
    times = Heard(times_ms=[time for one in heard for time in one.times_ms])
    return {
        "bench": "campaign",
        "rps": round(sum(len(one.good) for one in heard) / sum(one.seconds for one in heard), 1),
        "p50_ms": times.percentile(0.5),
        "p95_ms": times.percentile(0.95),
        "p99_ms": times.percentile(0.99),
        "bytes": sum(size.values()),
        "sizes": size,
        "errors": sum(one.other for one in (*heard, *slow)),
        "ratio": round(statistics.median(b / a for a, b in zip(cpu, cpu_without, strict=True)), 1),
        "pairs": [round(b / a, 1) for a, b in zip(cpu, cpu_without, strict=True)],
        "cpu_ms": round(statistics.median(cpu), 2),
        "cpu_ms_without": round(statistics.median(cpu_without), 2),
        "p95_ms_without": flooded.percentile(0.95),
        "rps_without": round(len(flooded.good) / flooded.seconds, 1),
        "gifts": gifts.paid,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    }


def _request(servers: Servers, path: str) -> Any:
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{servers.web_port}\r\nAccept-Language: "
    said = [f"{head}{language}\r\n\r\n".encode() for language in ("ja", "en")]
    return lambda number: said[number % 10 == 0]  # one in ten reads English


def _measured(servers: Servers, request: Any, rate: int, seconds: float, cpu: list[float]) -> Heard:
    before = servers.cpu_seconds()
    heard = send(servers.web_port, request, count=int(rate * seconds), rate=rate)
    if heard.other:
        raise SystemExit(f"{heard.other} answers were not 200, the first: {heard.first_other[:300]!r}")
    cpu.append((servers.cpu_seconds() - before) * 1000 / len(heard.good))
    return heard


def _size(address: str) -> dict[str, int]:
    """Bytes of a first visit: the page as it is sent, and what it loads as the image's files are (gzip)."""
    html = _get(address)
    text = html.decode()
    names = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text))
    for names_of_one in re.findall(r'data-behaviour="([^"]+)"', text):
        names |= {f"/static/js/{name}.js" for name in names_of_one.split()}
    origin = address.split("/", 3)
    size = {"html": len(html), "css": 0, "js": 0, "pictures": 0}
    for name in sorted(names):
        kind = {"css": "css", "js": "js"}.get(name.rsplit(".", 1)[-1], "pictures")
        size[kind] += len(gzip.compress(_get("/".join(origin[:3]) + name), 9))
    return size


def _get(address: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=30) as answer:
        body: bytes = answer.read()
    return body
