"""Tills that ask over HTTP as fast as they are answered, with plain sockets: little CPU of their own."""

import json
import secrets
import socket
import threading
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
    """`clients` tills, each on one kept connection, for `seconds`."""
    answers = Answers()
    lock = threading.Lock()
    end = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_till, args=(port, end, tokens[n::clients] or tokens, codes, answers, lock))
        for n in range(clients)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.seconds = time.perf_counter() - began
    return answers


def _till(
    port: int, end: float, tokens: list[str], codes: list[str], answers: Answers, lock: threading.Lock
) -> None:
    mine = Answers()
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    number = secrets.randbelow(len(codes))
    while (began := time.perf_counter()) < end:
        number = (number + 7919) % len(codes)
        body = json.dumps({"code": codes[number], "amount_yen": 1, "category": "tuition"}).encode()
        connection.sendall(_request(port, tokens[number % len(tokens)], body))
        answer = _read(connection)
        mine.times_ms.append((time.perf_counter() - began) * 1000)
        if answer.startswith(b"HTTP/1.1 201"):
            mine.taken += 1
        else:
            mine.other += 1
            mine.first_other = mine.first_other or answer
    connection.close()
    with lock:
        answers.taken += mine.taken
        answers.other += mine.other
        answers.times_ms += mine.times_ms
        answers.first_other = answers.first_other or mine.first_other


def _request(port: int, token: str, body: bytes) -> bytes:
    head = (
        f"POST /bench/api/v1/redemptions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Device {token}\r\nIdempotency-Key: {uuid7()}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _read(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, rest = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(rest) < length:
        rest += connection.recv(65536)
    return head + b"\r\n\r\n" + rest
