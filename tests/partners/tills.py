"""Tills over real HTTP against a real granian, each with a journal of what it asked and was told."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connections

from programs.models import Program

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_SECONDS = 40


@contextmanager
def granian(log: Path, **more: str) -> Iterator[int]:
    """The product's web server on the tests' database, with `more` in its environment; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    name = connections["default"].settings_dict["NAME"]
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings", **more}
    environment.pop("MIGRATE_DATABASE_URL", None)
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += [
        "--workers",
        "2",
        "--blocking-threads",
        "4",
        "--runtime-mode",
        "st",
        "--no-access-log",
        "config.wsgi:application",
    ]
    with log.open("w") as written:
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written, stderr=written)
    try:
        wait_for(port, running, log)
        yield port
    finally:
        running.terminate()
        running.wait(20)


def wait_for(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers, or its log as the reason."""
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until and running.poll() is None:
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            asking.request("GET", "/healthz/live")
            if asking.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            asking.close()
    raise AssertionError(log.read_text())


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a till's journal: the key it sent, the status it was told, and the use's number."""

    key: UUID
    status: int
    number: int | None


@dataclass(kw_only=True)
class Till:
    """A till with one connection. `session` makes it a tablet's screen, else it is a system on the API."""

    port: int
    program: Program
    classroom_id: int
    device_token: str
    session: str = ""
    journal: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def take(self, code: str, amount_yen: int, key: UUID | None = None) -> Entry:
        """Ask once, and write down the answer."""
        key = key or uuid4()
        status, number = (
            self._on_screen(code, amount_yen, key) if self.session else self._on_api(code, amount_yen, key)
        )
        entry = Entry(key=key, status=status, number=number)
        self.journal.append(entry)
        return entry

    def _on_api(self, code: str, amount_yen: int, key: UUID) -> tuple[int, int | None]:
        headers = {
            "Authorization": f"Device {self.device_token}",
            "Idempotency-Key": str(key),
            "Content-Type": "application/json",
        }
        status, text = self._post(
            f"/{self.program.slug}/api/v1/redemptions",
            json.dumps({"code": code, "amount_yen": amount_yen}),
            headers,
        )
        body: dict[str, Any] = json.loads(text)
        return status, body.get("id")

    def _on_screen(self, code: str, amount_yen: int, key: UUID) -> tuple[int, int | None]:
        forgery = "a" * 32  # the double-submit secret: the cookie and the field agree
        cookies = {
            settings.SESSION_COOKIE_NAME: self.session,
            settings.CSRF_COOKIE_NAME: forgery,
            f"device_{self.program.pk}": self.device_token,
            settings.LANGUAGE_COOKIE_NAME: "en",
        }
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        sent = {
            "code": code,
            "amount_yen": amount_yen,
            "category": "tuition",
            "request_key": key,
            "csrfmiddlewaretoken": forgery,
        }
        status, text = self._post(
            f"/{self.program.slug}/counter/{self.classroom_id}/redeem/", urlencode(sent), headers
        )
        number = re.search(r"data-use=\"(\d+)\"", text)
        return status, int(number[1]) if number else None

    def _post(self, path: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
        self.line.request("POST", path, body, headers)
        answer = self.line.getresponse()
        return answer.status, answer.read().decode()
