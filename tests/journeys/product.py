"""The whole product as processes of the tests' own: stand-in Stripe, Redis, web server, worker and relay."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connections

from config import embedded
from tests.stripe_standin.running import Standin, running_standin

ROOT = Path(__file__).resolve().parents[2]
STRIPE_SECRET = "whsec_journey_of_tests"


@dataclass
class Product:
    """What runs, where, and what it wrote."""

    folder: Path
    standin: Standin
    port: int
    environment: dict[str, str]
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str, *command: str) -> None:
        """Run it in a group of its own, its words in a file of the folder."""
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.started.append(process)

    def words(self) -> str:
        """What all of them said, for a failing test."""
        return "\n".join(f"{log.name}: {log.read_text()[-2000:]}" for log in self.folder.glob("*.log"))

    def mails(self) -> str:
        """Every mail that was sent, as text."""
        folder = self.folder / "mail"
        return "\n".join(mail.read_text() for mail in sorted(folder.glob("*.log"))) if folder.exists() else ""

    def end(self) -> None:
        """Only what was started here."""
        for process in reversed(self.started):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def running_product(folder: Path) -> Iterator[Product]:
    """Everything that an installation runs but beat, on the tests' database."""
    redis = embedded.Redis(folder, embedded.Kept(folder / "kept.json"))
    child = redis.child()  # chooses the port
    with running_standin(folder / "standin") as standin:
        port = embedded.free_port()
        product = Product(folder, standin, port, _environment(folder, standin, port, redis.url()))
        try:
            product.start("redis", *child.command)
            wait_until(child.is_ready, seconds=10, words=product.words)
            web = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
            web += ["--blocking-threads", "8", "--no-ws", "config.wsgi:application"]
            product.start("web", sys.executable, "-m", "granian", *web)
            worker = [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "2", "-l", "WARNING"]
            product.start("worker", *worker, "--without-gossip", "--without-mingle")
            product.start("relay", sys.executable, "manage.py", "relay")
            wait_until(lambda: is_ready(port), seconds=60, words=product.words)
            yield product
        finally:
            product.end()


def _environment(folder: Path, standin: Standin, port: int, redis_url: str) -> dict[str, str]:
    name = connections["default"].settings_dict["NAME"]
    without = {name: text for name, text in os.environ.items() if name != "MIGRATE_DATABASE_URL"}
    return without | {
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl(),
        "REDIS_URL": redis_url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "EMAIL_FILE_PATH": str(folder / "mail"),
        "STRIPE_API_BASE": standin.base_url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def is_ready(port: int) -> bool:
    """Whether the web server answers, with its database and its Redis."""
    asking = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        asking.request("GET", "/healthz/ready")
        return asking.getresponse().status == 200
    except OSError:
        return False
    finally:
        asking.close()


def wait_until(is_so: Callable[[], bool], *, seconds: float, words: Callable[[], str] = str) -> None:
    """Look ten times a second."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, words()
        time.sleep(0.1)
