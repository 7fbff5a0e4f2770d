"""The control doors for tests and the demo: faults, payouts, disputes, deliveries, the books."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from stripe_standin import charges, disputes, endpoints, events, ledger, merchants, payouts
from stripe_standin.api import Answer, Request
from stripe_standin.books import Books, account_of, shown
from stripe_standin.errors import ApiError, missing
from stripe_standin.store import Store

Asked = dict[str, Any]


def serve(store: Store, request: Request) -> Answer:
    """JSON in, JSON out. The content type keeps a web page in a browser from posting here."""
    name = request.path.removeprefix("/_control/")
    try:
        door = DOORS.get((request.method, name))
        if door is None:
            raise ApiError(f"No control door {request.method} {name}", status=404)
        with store.change():
            said = door(store, _asked(request))
    except ApiError as refusal:
        return _answer(refusal.status, refusal.body("control"))
    return _answer(200, said)


def _asked(request: Request) -> Asked:
    if request.method == "GET":
        return dict(parse_qsl(request.query))
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise ApiError("Send application/json.", status=415)
    try:
        asked = json.loads(request.body or b"{}")
    except ValueError as bad:
        raise ApiError(f"This is not JSON: {bad}") from bad
    if not isinstance(asked, dict):
        raise ApiError("Send a JSON object.")
    return asked


def _answer(status: int, said: Any) -> Answer:
    body = json.dumps(said, ensure_ascii=False, indent=2).encode()
    return Answer(status, body, {"Content-Type": "application/json"})


def _books(store: Store, asked: Asked) -> Books:
    return Books(store, account_of(str(asked.get("key", ""))))


def _owner(store: Store, kind: str, object_id: str) -> Books:
    account = store.owner_of(kind, object_id)
    if account is None:
        raise missing(kind, object_id)
    return Books(store, account)


def _faults(store: Store, asked: Asked) -> Asked:
    store.faults.order(asked)
    return store.faults.shown()


def _deliveries(store: Store, asked: Asked) -> Asked:
    wanted = {name: asked[name] for name in ("event", "type") if name in asked}
    rows = [
        {"account": account, **row}
        for account in store.accounts()
        for row in store.where(account, "delivery", lambda row: wanted.items() <= row.items())
    ]
    states = [row["state"] for row in rows]
    return {"deliveries": rows, "counts": {state: states.count(state) for state in sorted(set(states))}}


def _webhooks(store: Store, asked: Asked) -> Asked:
    url, secret = str(asked.get("url", "")), str(asked.get("secret", ""))
    books, types = _books(store, asked), asked.get("enabled_events")
    return shown(endpoints.set_fixed(books, url=url, secret=secret, events=types))


def _accounts(store: Store, asked: Asked) -> Asked:
    books = _books(store, asked)
    merchants.set_name(books, str(asked.get("name", "")) or merchants.NAMELESS)
    return merchants.account_answer(books)


def _payouts(store: Store, asked: Asked) -> Asked:
    books = _books(store, asked)
    if asked.get("settle", True):
        for charge in books.all("charge"):
            charges.settle(books, charge)
    return shown(payouts.pay_out(books, up_to=asked.get("up_to")))


def _disputes(store: Store, asked: Asked) -> Asked:
    charge_id = str(asked.get("charge", ""))
    if intent_id := asked.get("payment_intent"):
        intent = _owner(store, "payment_intent", intent_id).need("payment_intent", intent_id)
        charge_id = intent["latest_charge"] or ""
    books = _owner(store, "charge", charge_id)
    charges.settle(books, books.need("charge", charge_id))
    return disputes.open_dispute(books, charge_id, reason=asked.get("reason", "fraudulent"))


def _close_dispute(store: Store, asked: Asked) -> Asked:
    dispute_id = str(asked.get("dispute", ""))
    books = _owner(store, "dispute", dispute_id)
    return disputes.close_dispute(books, dispute_id, status=str(asked.get("status", "")))


def _deliver_again(store: Store, asked: Asked) -> Asked:
    """Send an event once more to every endpoint of its account, dropped and delivered ones too."""
    event_id = str(asked.get("event", ""))
    books = _owner(store, "event", event_id)
    event = books.need("event", event_id)
    rows = [events.schedule(books, event, endpoint, again=True) for endpoint in books.all("webhook_endpoint")]
    return {"deliveries": rows}


def _release(store: Store, asked: Asked) -> Asked:
    """Let held deliveries go, in the order of `order` (event types); the rest follow as they came."""
    store.faults.hold = False
    order, released = list(asked.get("order", [])), []
    for account in store.accounts():
        books = Books(store, account)
        held = books.where("delivery", lambda row: row["state"] == "held")
        held.sort(key=lambda row: order.index(row["type"]) if row["type"] in order else len(order))
        for place, row in enumerate(held):
            row.update(state="waiting", due=store.real_time() + place / 1000)
            released.append(books.put("delivery", row)["type"])
    return {"released": released}


def _advance(store: Store, asked: Asked) -> Asked:
    store.ahead_seconds += int(asked.get("seconds", 0))
    store.stirred.notify_all()
    return {"now": store.now()}


def _reset(store: Store, asked: Asked) -> Asked:
    kept = {"webhook_endpoint", "merchant"} if asked.get("keep_webhooks") else set()
    store.forget(but=kept)
    store.faults.order({"clear": True})
    store.ahead_seconds = 0
    return {"reset": True}


DOORS: dict[tuple[str, str], Callable[[Store, Asked], Asked]] = {
    ("GET", "health"): lambda store, asked: {"ok": True, "now": store.now()},
    ("GET", "faults"): lambda store, asked: store.faults.shown(),
    ("POST", "faults"): _faults,
    ("GET", "deliveries"): _deliveries,
    ("GET", "ledger"): lambda store, asked: ledger.of_all(store, key=asked.get("key")),
    ("POST", "webhooks"): _webhooks,
    ("POST", "accounts"): _accounts,
    ("POST", "payouts"): _payouts,
    ("POST", "disputes"): _disputes,
    ("POST", "disputes/close"): _close_dispute,
    ("POST", "deliver_again"): _deliver_again,
    ("POST", "release"): _release,
    ("POST", "advance"): _advance,
    ("POST", "reset"): _reset,
}
