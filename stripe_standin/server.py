"""The HTTP server: loopback only, one door each for the API, the hosted page and the control."""

from __future__ import annotations

import json
import socket
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from urllib.parse import urlsplit

from stripe_standin import api, control, hosted
from stripe_standin.api import Answer, Request
from stripe_standin.deliver import Clockwork
from stripe_standin.errors import ApiError
from stripe_standin.store import Store

LONGEST_BODY = 1_000_000


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class StandIn(ThreadingHTTPServer):
    """Raises ValueError for an address that others could reach."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *, host: str, port: int, store: Store) -> None:
        if not is_loopback(host):
            raise ValueError(f"{host}: the stand-in serves this machine only (127.0.0.1, ::1 or localhost)")
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.store = store
        self.clockwork = Clockwork(store)
        super().__init__((host, port), Handler)

    def serve_forever(self, poll_interval: float = 0.5) -> None:
        self.clockwork.start()
        try:
            super().serve_forever(poll_interval)
        finally:
            self.clockwork.stop()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one packet: in two, the client's delayed ACK costs 40 ms a call
    disable_nagle_algorithm = True
    server_version = "stripe-stand-in"
    sys_version = ""
    server: StandIn

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._send(Answer(413, b""))
            return
        body = self.rfile.read(int(length))
        host = self.headers.get("Host", "")
        if not is_loopback(urlsplit(f"//{host}").hostname or ""):  # a foreign name that points here
            self._send(Answer(421, b"This server answers to loopback names only."))
            return
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(
            self._answer(Request(self.command, parts.path, parts.query, headers, body, f"http://{host}"))
        )

    def _answer(self, request: Request) -> Answer:
        try:
            return self._door(request)
        except Exception:  # our own fault: say so in Stripe's shape, and loudly in the log
            traceback.print_exc()
            own = ApiError("The stand-in itself failed; see its log.", status=500, kind="api_error")
            return Answer(500, json.dumps(own.body("none")).encode(), {"Content-Type": "application/json"})

    def _door(self, request: Request) -> Answer:
        if request.path.startswith("/v1/"):
            return api.serve(self.server.store, request)
        if request.path.startswith("/c/"):
            return hosted.serve(self.server.store, request)
        if request.path.startswith("/_control/"):
            return control.serve(self.server.store, request)
        return Answer(404, b"Not found", {"Content-Type": "text/plain"})

    def _send(self, answer: Answer) -> None:
        if answer.lost:
            time.sleep(self.server.store.faults.hang_ms / 1000)
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the journal of deliveries says what matters."""
