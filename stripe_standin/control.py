"""The control doors for tests and the demo: faults, payouts, disputes, deliveries, the books."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from stripe_standin import (
    bank_transfers,
    bulk,
    charges,
    disputes,
    endpoints,
    events,
    fraud_warnings,
    konbini,
    ledger,
    merchants,
    payouts,
    refunds,
    renewals,
)
from stripe_standin.api import Answer, Request
from stripe_standin.books import Books, account_of, shown
from stripe_standin.errors import ApiError, missing
from stripe_standin.shelves import NEVER
from stripe_standin.store import Store

Asked = dict[str, Any]


def serve(store: Store, request: Request) -> Answer:
    """JSON in, JSON out. The content type keeps a web page in a browser from posting here."""
    name = request.path.removeprefix("/_control/")
    try:
        door = DOORS.get((request.method, name))
        if door is None:
            raise ApiError(f"No control door {request.method} {name}", status=404)
        if door is _bulk_charges:  # in many pieces: one change would be one line of the journal
            return _answer(200, door(store, _asked(request)))
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
        for charge in books.due("charge", NEVER):
            charges.settle(books, charge)
    return shown(payouts.pay_out(books, up_to=asked.get("up_to")))


def _charge(store: Store, asked: Asked) -> tuple[Books, str]:
    """The charge that is named itself, or by its payment intent or session."""
    charge_id = str(asked.get("charge", ""))
    if not charge_id:
        books, intent_id = _intent(store, asked)
        charge_id = books.need("payment_intent", intent_id)["latest_charge"] or ""
    return _owner(store, "charge", charge_id), charge_id


def _intent(store: Store, asked: Asked) -> tuple[Books, str]:
    intent_id = str(asked.get("payment_intent", ""))
    if session_id := asked.get("session"):
        session = _owner(store, "checkout.session", session_id).need("checkout.session", session_id)
        intent_id = session["payment_intent"] or ""
    return _owner(store, "payment_intent", intent_id), intent_id


def _konbini_pay(store: Store, asked: Asked) -> Asked:
    books, intent_id = _intent(store, asked)
    return shown(konbini.pay(books, intent_id, store=str(asked.get("store", "familymart"))))


def _konbini_expire(store: Store, asked: Asked) -> Asked:
    return shown(konbini.expire(*_intent(store, asked)))


def _bank_transfer(store: Store, asked: Asked) -> Asked:
    """To a customer's account; with an intent or a session named, that one is paid first."""
    first = None
    if customer_id := asked.get("customer"):
        books = _owner(store, "customer", str(customer_id))
    else:
        books, first = _intent(store, asked)
        customer_id = books.need("payment_intent", first)["customer"] or ""
    return bank_transfers.arrive(books, str(customer_id), _number(asked, "amount"), first=first)


def _refund(store: Store, asked: Asked) -> Asked:
    """As someone in Stripe's dashboard does it: no request of the product's, no metadata."""
    books, charge_id = _charge(store, asked)
    amount = {"amount": str(_number(asked, "amount"))} if "amount" in asked else {}
    reason = {"reason": str(asked["reason"])} if "reason" in asked else {}
    return shown(refunds.create(books, {"charge": charge_id, **amount, **reason}))


def _refund_advance(store: Store, asked: Asked) -> Asked:
    refund_id, reason = str(asked.get("refund", "")), str(asked.get("reason", "unknown"))
    books = _owner(store, "refund", refund_id)
    return shown(refunds.advance(books, refund_id, status=str(asked.get("status", "")), reason=reason))


def _number(asked: Asked, name: str) -> int:
    value = asked.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ApiError(f"{name} is a whole number, not {value!r}.", param=name)
    return value


def _fail_payout(store: Store, asked: Asked) -> Asked:
    payout_id = str(asked.get("payout", ""))
    books = _owner(store, "payout", payout_id)
    return shown(payouts.fail(books, payout_id, code=str(asked.get("code", "account_closed"))))


def _fraud_warning(store: Store, asked: Asked) -> Asked:
    books, charge_id = _charge(store, asked)
    fraud_type = str(asked.get("fraud_type", "unauthorized_use_of_card"))
    return fraud_warnings.warn(books, charge_id, fraud_type=fraud_type)


def _bulk_charges(store: Store, asked: Asked) -> Asked:
    """`references` (texts for metadata[donation]) say how many, or else `count` does."""
    references = list(asked.get("references", []))
    count = len(references) or _number(asked, "count")
    amount_yen = _number(asked, "amount") if "amount" in asked else 1_000
    made = bulk.make(_books(store, asked), count=count, amount_yen=amount_yen, references=references)
    return {"count": len(made), **({"charges": made} if asked.get("ids") else {})}


def _settle(store: Store, asked: Asked) -> Asked:
    """Put every payment of the account on its books now, however long that was to take."""
    books = _books(store, asked)
    waiting = [row for row in books.all("charge") if not row["balance_transaction"]]
    return {"settled": [charges.settle(books, row)["id"] for row in waiting]}


def _disputes(store: Store, asked: Asked) -> Asked:
    books, charge_id = _charge(store, asked)
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
    store.set_clock(ahead_seconds=store.ahead_seconds + int(asked.get("seconds", 0)))
    for account in store.accounts():
        renewals.all_due(Books(store, account))
    store.stirred.notify_all()
    return {"now": store.now()}


def _reset(store: Store, asked: Asked) -> Asked:
    kept = {"webhook_endpoint", "merchant"} if asked.get("keep_webhooks") else set()
    store.forget(but=kept)
    store.faults.order({"clear": True})
    store.set_clock(ahead_seconds=0)
    return {"reset": True}


DOORS: dict[tuple[str, str], Callable[[Store, Asked], Asked]] = {
    ("GET", "health"): lambda store, asked: {"ok": True, "now": store.now()},
    ("GET", "faults"): lambda store, asked: store.faults.shown(),
    ("POST", "faults"): _faults,
    ("GET", "deliveries"): _deliveries,
    ("GET", "ledger"): lambda store, asked: ledger.of_all(store, key=asked.get("key")),
    ("POST", "webhooks"): _webhooks,
    ("POST", "accounts"): _accounts,
    ("POST", "settle"): _settle,
    ("POST", "payouts"): _payouts,
    ("POST", "disputes"): _disputes,
    ("POST", "disputes/close"): _close_dispute,
    ("POST", "konbini/pay"): _konbini_pay,
    ("POST", "konbini/expire"): _konbini_expire,
    ("POST", "bank_transfer"): _bank_transfer,
    ("POST", "refund"): _refund,
    ("POST", "refund/advance"): _refund_advance,
    ("POST", "payouts/fail"): _fail_payout,
    ("POST", "early_fraud_warning"): _fraud_warning,
    ("POST", "bulk_charges"): _bulk_charges,
    ("POST", "deliver_again"): _deliver_again,
    ("POST", "release"): _release,
    ("POST", "advance"): _advance,
    ("POST", "reset"): _reset,
}
