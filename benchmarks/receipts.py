"""A year's receipts for all who asked: the job as the worker runs it, on a PostgreSQL of its own.

`bench()` starts the servers and runs this file once more with their environment; that run makes the
donors through the verbs, and then measures the job alone: numbers, sealing, PDFs, trail and messages.
"""

import json
import os
import platform
import subprocess
import sys
import time
from typing import Any

from benchmarks.servers import ROOT, running

THOUSAND = 1_000
TARGET_SECONDS = 60


def bench(*, rows: int) -> dict[str, Any]:
    """One run with `rows` donors who asked; the target is 1,000 receipts in under 60 s."""

    def prepare(environment: dict[str, str]) -> None:
        _run("manage.py", "migrate", "--database=migrate", "--verbosity=0", environment=environment)

    with running(prepare) as servers:
        done = _run("-m", "benchmarks.receipts", str(rows), environment=servers.environment)
        answer: dict[str, Any] = json.loads(done.splitlines()[-1])
        books = json.loads(_run("manage.py", "verify_books", "--json", environment=servers.environment))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return {"bench": "receipts", **answer, "violations": books["violations"], "machine": machine}


def _run(*words: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def measure(rows: int) -> dict[str, Any]:
    """Make the donors, then time the job."""
    import django  # noqa: PLC0415  settings come from the environment of the bench's own servers

    django.setup()
    from benchmarks.receipts_data import a_program_with_donors  # noqa: PLC0415  needs the line above
    from donations.issue_receipts import issue_receipts  # noqa: PLC0415
    from donations.models import Receipt, ReceiptPaper  # noqa: PLC0415
    from outbox.deliver import deliver  # noqa: PLC0415
    from outbox.models import Job, Message  # noqa: PLC0415
    from programs.scoping import acting_in  # noqa: PLC0415

    program, organisation, office, year = a_program_with_donors(rows)
    with acting_in(program.pk):
        job = issue_receipts(organisation=organisation, year=year, actor=office)
        message = Message.objects.get(about=f"job:{job.pk}")
    began, cpu_before = time.perf_counter(), time.process_time()
    deliver(program.pk, message.pk)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu_before
    with acting_in(program.pk):
        job = Job.objects.get(pk=job.pk)
        issued = Receipt.objects.count()
        if (job.state, job.refused, issued) != (Job.State.DONE, 0, rows):
            raise SystemExit(f"{issued} of {rows} issued, {job.refused} refused: {job.outcome[:3]}")
        size = len(ReceiptPaper.objects.order_by("id")[0].pdf)
    for_thousand = seconds / rows * THOUSAND
    return {
        "receipts": rows,
        "seconds": round(seconds, 2),
        "per_second": round(rows / seconds, 1),
        "seconds_for_1000": round(for_thousand, 2),
        "worker_cpu_ms": round(cpu / rows * 1000, 1),  # beside busy neighbours the fairer figure
        "within_target": for_thousand < TARGET_SECONDS,
        "pdf_bytes": size,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
