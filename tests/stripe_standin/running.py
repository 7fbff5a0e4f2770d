"""Start the stand-in as a process, and click its hosted page without a browser."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

HOUSE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Reply:
    """What came back, redirects not followed."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def location(self) -> str:
        return self.headers["location"]


@dataclass
class Standin:
    """A running stand-in. `control` answers with JSON; `pay` posts the hosted page's form."""

    data: Path
    settle_ms: int = 50
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it; a second start takes the same port and the same data."""
        command = [sys.executable, "-m", "stripe_standin", "--data", str(self.data)]
        command += ["--port", str(self.port), "--settle-ms", str(self.settle_ms)]
        self.process = subprocess.Popen(
            command, cwd=HOUSE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout and self.process.stderr
        said = self.process.stdout.readline()
        if not said:
            raise RuntimeError(f"the stand-in did not start: {self.process.stderr.read()}")
        self.port = int(said.strip().rsplit(":", 1)[1])

    def stop(self, *, kill: bool = False) -> None:
        if self.process is None:
            return
        (self.process.kill if kill else self.process.terminate)()
        self.process.communicate(timeout=10)
        self.process = None

    def control(self, door: str, said: dict[str, Any] | None = None) -> dict[str, Any]:
        """`control("ledger")` reads, `control("faults", {...})` tells. Raises for a refusal."""
        body = None if said is None else json.dumps(said).encode()
        headers = {"Content-Type": "application/json"} if body is not None else {}
        reply = self.ask("GET" if body is None else "POST", f"/_control/{door}", body=body, headers=headers)
        if reply.status != 200:
            raise AssertionError(f"{door}: {reply.status} {reply.text}")
        answer: dict[str, Any] = json.loads(reply.text)
        return answer

    def ask(
        self, method: str, address: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """One request to a path or a whole address of this server."""
        parts = urlsplit(urljoin(self.base_url, address))
        line = HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        try:
            line.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers or {})
            return _reply(line.getresponse())
        finally:
            line.close()

    def post_form(self, address: str, fields: dict[str, str]) -> Reply:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", address, body=urlencode(fields).encode(), headers=headers)

    def pay(
        self,
        session_url: str,
        *,
        card: str = "4242 4242 4242 4242",
        email: str = "donor@example.jp",
        confirm: bool = True,
    ) -> Reply:
        """Fill in the hosted page and pay; a 3-D Secure page is answered by `confirm`.

        Returns the last reply: 303 with the way home, or 422 with the page and its message.
        """
        fields = {"email": email, "card": card, "expiry": "12 / 34", "cvc": "123"}
        reply = self.post_form(session_url, fields)
        if reply.status == 303 and "/c/3ds/" in reply.location:
            reply = self.post_form(reply.location, {"outcome": "yes" if confirm else "no"})
        return reply

    def pay_by(
        self, method: str, session_url: str, *, email: str = "donor@example.jp", confirm: bool = True
    ) -> Reply:
        """Choose konbini, customer_balance (a bank transfer) or paypay on the page.

        Returns the last reply: 303 to the voucher, to the bank account, or from PayPay the way home.
        Doors of the control then pay: "konbini/pay", "konbini/expire", "bank_transfer".
        """
        fields = {"email": email, "name": "寄付 花子", "phone": "090-1234-5678"}
        reply = self.post_form(f"{session_url}?method={method}", fields)
        if reply.status == 303 and "/c/paypay/" in reply.location:
            reply = self.post_form(reply.location, {"outcome": "yes" if confirm else "no"})
        return reply

    def settled(self, *, seconds: float = 30.0) -> None:
        """Wait until every webhook was answered with 2xx and every charge is on the books."""

        def quiet() -> bool:
            ledger = self.control("ledger")["accounts"].values()  # first: settling makes one more event
            counts = self.control("deliveries")["counts"]
            return set(counts) <= {"delivered", "dropped"} and not any(one["unsettled_yen"] for one in ledger)

        wait_for(quiet, seconds=seconds)


def wait_for(found: Callable[[], Any], *, seconds: float = 30.0) -> Any:
    """Ask until the answer is true; returns it. Raises AssertionError after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := found():
            return answer
        time.sleep(0.03)
    raise AssertionError(f"not within {seconds} s")


def _reply(answer: HTTPResponse) -> Reply:
    text = answer.read().decode()
    return Reply(answer.status, text, {name.lower(): value for name, value in answer.getheaders()})


@contextmanager
def running_standin(data: Path, *, settle_ms: int = 50) -> Iterator[Standin]:
    """`with running_standin(tmp_path) as standin:` on a free port; stopped at the end."""
    standin = Standin(data, settle_ms=settle_ms)
    standin.start()
    try:
        yield standin
    finally:
        standin.stop()
