"""Requests over HTTP at a fixed rate whatever the answers do, or as fast as they are acknowledged.

At a fixed rate a request's time counts from the moment when it was due: a server that falls behind is seen to
(no co-ordinated omission). One thread and plain sockets, so that the load costs little CPU of its own.
"""

import re
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass
class Heard:
    """What was answered."""

    seconds: float = 0.0
    good: list[int] = field(default_factory=list)  # numbers of the requests that were answered 200
    other: int = 0
    times_ms: list[float] = field(default_factory=list)
    first_other: bytes = b""
    most_open: int = 0  # connections at once

    def percentile(self, share: float) -> float:
        """The time in ms that `share` of the answers did not exceed."""
        ordered = sorted(self.times_ms) or [0.0]
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


def send(
    port: int, request: Callable[[int], bytes], *, count: int, rate: float = 0, connections: int = 16
) -> Heard:
    """Send request(0) to request(count - 1). rate 0: each connection sends its next when it is answered."""
    heard = Heard()
    lines = _Lines(port, heard)
    began = time.perf_counter()
    sent = 0
    while sent < count or lines.busy:
        now = time.perf_counter()
        while sent < count and (now >= began + sent / rate if rate else lines.busy < connections):
            lines.send(request(sent), sent, began + sent / rate if rate else now)
            sent += 1
            now = time.perf_counter()
        due = began + sent / rate - now if rate and sent < count else 0.5
        lines.listen(max(0.0, due))
        if lines.stuck_since(30):
            raise SystemExit("no answer within 30 s")
    heard.seconds = time.perf_counter() - began
    lines.close()
    return heard


@dataclass
class _Line:
    connection: socket.socket
    number: int = 0
    due: float = 0.0
    received: bytes = b""


class _Lines:
    """Kept connections; a new one is opened when all are busy."""

    def __init__(self, port: int, heard: Heard) -> None:
        self.port, self.heard = port, heard
        self.waiting = selectors.DefaultSelector()
        self.free: list[_Line] = []
        self.busy = 0
        self.last_heard = time.perf_counter()

    def send(self, request: bytes, number: int, due: float) -> None:
        line = self.free.pop() if self.free else self._open()
        line.number, line.due, line.received = number, due, b""
        self.busy += 1
        self.heard.most_open = max(self.heard.most_open, self.busy)
        line.connection.sendall(request)

    def _open(self) -> _Line:
        line = _Line(socket.create_connection(("127.0.0.1", self.port)))
        line.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.waiting.register(line.connection, selectors.EVENT_READ, line)
        return line

    def listen(self, seconds: float) -> None:
        for key, _events in self.waiting.select(seconds):
            line: _Line = key.data
            piece = line.connection.recv(262_144)
            line.received += piece
            head, end, body = line.received.partition(b"\r\n\r\n")
            length = LENGTH.search(head)
            is_whole = bool(end and length and len(body) >= int(length[1]))
            if not piece or is_whole:
                self._take_down(line, is_good=is_whole and head.startswith(b"HTTP/1.1 200"), ended=not piece)

    def _take_down(self, line: _Line, *, is_good: bool, ended: bool) -> None:
        self.last_heard = time.perf_counter()
        self.busy -= 1
        if is_good:
            self.heard.good.append(line.number)
            self.heard.times_ms.append((self.last_heard - line.due) * 1000)
        else:
            self.heard.other += 1
            self.heard.first_other = self.heard.first_other or line.received or b"(closed)"
        if ended:
            self.waiting.unregister(line.connection)
            line.connection.close()
        else:
            self.free.append(line)

    def stuck_since(self, seconds: float) -> bool:
        return self.busy > 0 and time.perf_counter() - self.last_heard > seconds

    def close(self) -> None:
        for key in list(self.waiting.get_map().values()):
            key.data.connection.close()
        self.waiting.close()
