"""A webhook receiver on a free port that keeps what came and answers as told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import stripe


@dataclass
class Receiver:
    """`answers` are used up first; after that every delivery gets 200."""

    secret: str = "whsec_for_the_tests"
    port: int = 0
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?from=standin"

    def events(self) -> list[stripe.Event]:
        """Every delivery so far, checked by the SDK itself; raises for a wrong signature."""
        pairs = list(zip(self.bodies, self.signatures, strict=True))
        return [stripe.Webhook.construct_event(body, mark, self.secret) for body, mark in pairs]

    def types(self) -> list[str]:
        return [event.type for event in self.events()]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.signatures.append(self.headers["Stripe-Signature"])
            receiver.bodies.append(body)
            self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    receiver.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
