"""10,000 gifts through a network that repeats, shuffles and loses: afterwards the books are Stripe's, to the yen.

The stand-in is Stripe, with books of its own: the witness. The gifts are made by the verbs and paid on its pages, by
card, at shops, by bank transfer and PayPay; some go back, some are disputed, payouts leave and one returns. What the
stand-in has to tell is posted, signed, to the product's own web server by a network of ours: 5 % twice, 5 % late and
out of order, 1 % never, and of every hundredth payment not one word. A Celery worker and the relay do the rest, as in
production. Then the sweep and the comparison run once, as every night, and both sides are added up.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.servers import ROOT, Servers, running
from tests.stripe_standin.running import running_standin


def bench(*, rows: int) -> dict[str, Any]:
    """One run. differences_yen, violations and unexplained must be 0."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_standin(Path(folder) / "stripe") as standin,
        running(_migrate) as servers,
    ):
        environment = _environment(servers, standin.base_url, Path(folder))
        said = _run("-m", "benchmarks.giving_run", str(rows), str(servers.web_port), environment=environment)
        answer: dict[str, Any] = json.loads(said.splitlines()[-1])
        books = json.loads(_run("manage.py", "verify_books", "--json", environment=environment))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return {"bench": "giving", **answer, "violations": books["violations"], "machine": machine}


def _environment(servers: Servers, stripe: str, folder: Path) -> dict[str, str]:
    # Mails are written to files, as nobody is to be told of made-up gifts.
    own = {"STRIPE_API_BASE": stripe, "EMAIL_FILE_PATH": str(folder / "mail"), "LOG_LEVEL": "ERROR"}
    return {**servers.environment, **own}


def _migrate(environment: dict[str, str]) -> None:
    _run("manage.py", "migrate", "--database=migrate", "--verbosity=0", environment=environment)


def _run(*words: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout
