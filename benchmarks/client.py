"""Tills that ask over HTTP as fast as they are answered, with plain sockets: as little CPU of their own as can be."""

import re
import secrets
import selectors
import socket
import time
from dataclasses import dataclass, field


@dataclass
class Answers:
    """What the tills were told."""

    seconds: float = 0.0
    taken: int = 0
    other: int = 0
    times_ms: list[float] = field(default_factory=list)
    first_other: bytes = b""

    def percentile(self, share: float) -> float:
        """The time in ms that `share` of the answers did not exceed."""
        ordered = sorted(self.times_ms) or [0.0]
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


def uuid7() -> str:
    """A time-ordered request key, as our tills make them (RFC 9562)."""
    value = (int(time.time() * 1000) << 80) | (7 << 76) | (secrets.randbits(12) << 64)
    value |= (2 << 62) | secrets.randbits(62)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def ask(port: int, *, clients: int, seconds: float, tokens: list[str], codes: list[str]) -> Answers:
    """`clients` tills, each on one kept connection, for `seconds`; one thread serves them all, as pgbench does."""
    answers = Answers()
    with selectors.DefaultSelector() as waiting:
        began = time.perf_counter()
        tills = [_Till(port, tokens[n::clients] or tokens, codes) for n in range(clients)]
        for till in tills:
            waiting.register(till.connection, selectors.EVENT_READ, till)
            till.send()
        while tills:
            for key, _events in waiting.select():
                till = key.data
                if not till.has_answer(answers):
                    continue
                if time.perf_counter() - began < seconds:
                    till.send()
                    continue
                waiting.unregister(till.connection)
                till.connection.close()
                tills.remove(till)
        answers.seconds = time.perf_counter() - began
    return answers


class _Till:
    """One connection; asks for one yen of one coupon after the other."""

    def __init__(self, port: int, tokens: list[str], codes: list[str]) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heads = [
            f"POST /bench/api/v1/redemptions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Device {token}\r\nContent-Type: application/json\r\nIdempotency-Key: "
            for token in tokens
        ]
        self.codes = codes
        self.number = secrets.randbelow(len(codes))
        self.sent_at = 0.0
        self.received = b""

    def send(self) -> None:
        """Ask for the next coupon's yen."""
        self.number = (self.number + 7919) % len(self.codes)
        body = f'{{"code": "{self.codes[self.number]}", "amount_yen": 1, "category": "tuition"}}'
        head = f"{self.heads[self.number % len(self.heads)]}{uuid7()}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.received = b""
        self.sent_at = time.perf_counter()
        self.connection.sendall((head + body).encode())

    def has_answer(self, answers: Answers) -> bool:
        """Read on; whether the answer is whole now, which is then counted."""
        self.received += self.connection.recv(65536)
        head, end, rest = self.received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        if not end or length is None or len(rest) < int(length[1]):
            return False
        answers.times_ms.append((time.perf_counter() - self.sent_at) * 1000)
        if head.startswith(b"HTTP/1.1 201"):
            answers.taken += 1
        else:
            answers.other += 1
            answers.first_other = answers.first_other or self.received
        return True
