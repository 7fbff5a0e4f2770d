"""The clockwork: settles charges, closes sessions, sends webhooks and repeats those that failed."""

from __future__ import annotations

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from stripe_standin import charges, renewals
from stripe_standin.books import Books, shown
from stripe_standin.signature import sign
from stripe_standin.store import Object, Store

BACKOFF_SECONDS = (0.3, 1.0, 3.0, 10.0)  # after that every 30 s, as undelivered, for three days
SLOW_RETRY_SECONDS, GIVE_UP_SECONDS = 30.0, 3 * 86_400
ANSWER_SECONDS = 10.0
LONGEST_SLEEP = 2.0
GONE = "endpoint or event is gone"


class Clockwork(threading.Thread):
    """One thread decides; one lane per endpoint sends, so a slow receiver holds up only itself."""

    def __init__(self, store: Store) -> None:
        super().__init__(name="clockwork", daemon=True)
        self.store = store
        self._busy: set[str] = set()
        self._lanes = ThreadPoolExecutor(max_workers=8, thread_name_prefix="lane")
        self._over = False

    def run(self) -> None:
        while not self._over:
            with self.store.stirred:
                self._do_what_is_due()
                self.store.stirred.wait(self._sleep_seconds())

    def stop(self) -> None:
        with self.store.stirred:
            self._over = True
            self.store.stirred.notify_all()
        self._lanes.shutdown(wait=False, cancel_futures=True)

    def _do_what_is_due(self) -> None:
        for account in self.store.accounts():
            books = Books(self.store, account)
            with self.store.change():
                charges.settle_due(books)
                renewals.all_due(books)
            now = self.store.real_time()
            for delivery in books.due("delivery", now):
                if delivery["endpoint"] not in self._busy:
                    self._busy.add(delivery["endpoint"])
                    self._lanes.submit(self._send, books, delivery)

    def _sleep_seconds(self) -> float:
        soonest = self.store.real_time() + LONGEST_SLEEP
        for account in self.store.accounts():
            waiting = self.store.shelf(account, "delivery").upcoming()
            free = next((row["_at"] for row in waiting if row["endpoint"] not in self._busy), soonest)
            settles = self.store.shelf(account, "charge").next_due() or soonest
            soonest = min(soonest, free, settles)
        return max(soonest - self.store.real_time(), 0.01)

    def _send(self, books: Books, delivery: Object) -> None:
        attempts: list[Object] = []
        try:
            attempts = self._attempts(books, delivery)
        finally:
            with self.store.change():  # noted before the lane is free, or it would go out once more
                note(books, delivery["id"], attempts)
                self._busy.discard(delivery["endpoint"])
                self.store.stirred.notify_all()

    def _attempts(self, books: Books, delivery: Object) -> list[Object]:
        with self.store.change():
            event = books.find("event", delivery["event"])
            endpoint = books.find("webhook_endpoint", delivery["endpoint"])
        if event is None or endpoint is None:
            return [{"at": time.time(), "status": None, "error": GONE, "ms": 0}]
        body = json.dumps(shown(event), ensure_ascii=False, indent=2).encode()
        secret, copies = endpoint["_secret"], delivery["copies"]
        if delivery["together"]:
            with ThreadPoolExecutor(copies) as pool:
                return list(pool.map(lambda _: post(endpoint["url"], body, secret), range(copies)))
        return [post(endpoint["url"], body, secret) for _ in range(copies)]


def note(books: Books, delivery_id: str, attempts: list[Object]) -> None:
    """Write down what came back: delivered, or when to try again."""
    delivery = books.find("delivery", delivery_id)
    if delivery is None:  # a reset came between
        return
    delivery["attempts"] += attempts
    if any(attempt["status"] is not None and 200 <= attempt["status"] < 300 for attempt in attempts):
        delivery.update(state="delivered", due=None)
        event = books.find("event", delivery["event"])
        if event is not None:
            event["pending_webhooks"] = max(event["pending_webhooks"] - 1, 0)
            books.put("event", event)
    else:
        tries = delivery["tries"] = delivery.get("tries", 0) + 1
        slow = tries > len(BACKOFF_SECONDS)
        pause = SLOW_RETRY_SECONDS if slow else BACKOFF_SECONDS[tries - 1]
        too_old = books.store.real_time() - delivery["scheduled_at"] > GIVE_UP_SECONDS
        gone = any(attempt["error"] == GONE for attempt in attempts)
        delivery["state"] = "given_up" if too_old or gone else "undelivered" if slow else "waiting"
        delivery.update(due=books.store.real_time() + pause, copies=1)
    books.put("delivery", delivery)


def post(url: str, body: bytes, secret: str) -> Object:
    """One attempt. Returns what was answered; a redirect counts as a failure, as at Stripe."""
    address, started = urlsplit(url), time.monotonic()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (stand-in)",
        "Stripe-Signature": sign(body, secret=secret, at=int(time.time())),
    }
    make = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    line = make(address.hostname or "", address.port, timeout=ANSWER_SECONDS)
    status: int | None = None
    said = error = None
    try:
        line.request("POST", address.path + (f"?{address.query}" if address.query else ""), body, headers)
        answer = line.getresponse()
        status, said = answer.status, answer.read(500).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as failure:
        error = f"{type(failure).__name__}: {failure}"
    finally:
        line.close()
    passed_ms = round((time.monotonic() - started) * 1000)
    return {"at": time.time(), "status": status, "answer": said, "error": error, "ms": passed_ms}
