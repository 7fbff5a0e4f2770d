"""The API's doors: which path does what, idempotency, and the headers of every answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stripe_standin import (
    API_VERSION,
    bank_transfers,
    cash_balances,
    customers,
    disputes,
    endpoints,
    intents,
    konbini,
    payment_methods,
    refunds,
    sessions,
)
from stripe_standin.books import Books, account_of, shown
from stripe_standin.errors import ApiError
from stripe_standin.listing import expanded, list_answer, page
from stripe_standin.merchants import account_answer
from stripe_standin.money import balance
from stripe_standin.params import Params, decode, only, required
from stripe_standin.store import Object, Store, new_id

LONGEST_KEY = 255


@dataclass(frozen=True)
class Request:
    """One HTTP request as it came in. `headers` has lower-case names."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    base_url: str


@dataclass
class Answer:
    """`lost` answers are never sent: the work is done, the client hears nothing."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False


@dataclass(frozen=True)
class Call:
    books: Books
    params: Params
    ids: list[str]
    base_url: str


Act = Callable[[Call], Object]


def _retrieve(kind: str) -> Act:
    return lambda call: shown(call.books.need(kind, call.ids[0]))


def _list(kind: str, *filters: str) -> Act:
    def act(call: Call) -> Object:
        return list_answer(call.books, kind, call.params, url=PATHS[kind], filters=filters)

    return act


def _cash_transactions(call: Call) -> Object:
    call.books.need("customer", call.ids[0])
    rows = [shown(row) for row in reversed(call.books.having(cash_balances.KIND, "customer", call.ids[0]))]
    return page(rows, call.params, url=f"/v1/customers/{call.ids[0]}/cash_balance_transactions")


def _cancel_intent(call: Call) -> Object:
    intent = intents.cancel(call.books, call.ids[0], call.params)
    bank_transfers.give_back(call.books, intent)
    return intent


def _attach(call: Call) -> Object:
    only(call.params, {"customer", "expand"})
    method = call.books.need("payment_method", call.ids[0], param="payment_method")
    return payment_methods.attach(call.books, method, required(call.params, "customer"))


def _line_items(call: Call) -> Object:
    items = [shown(item) for item in sessions.line_items(call.books, call.ids[0])]
    return page(items, call.params, url=f"/v1/checkout/sessions/{call.ids[0]}/line_items")


PATHS = {
    "customer": "/v1/customers",
    "checkout.session": "/v1/checkout/sessions",
    "payment_intent": "/v1/payment_intents",
    "payment_method": "/v1/payment_methods",
    "charge": "/v1/charges",
    "refund": "/v1/refunds",
    "balance_transaction": "/v1/balance_transactions",
    "payout": "/v1/payouts",
    "dispute": "/v1/disputes",
    "radar.early_fraud_warning": "/v1/radar/early_fraud_warnings",
    "event": "/v1/events",
    "webhook_endpoint": "/v1/webhook_endpoints",
}
FILTERS = {
    "customer": ("email",),
    "checkout.session": ("payment_intent", "customer", "status"),
    "payment_intent": ("customer",),
    "payment_method": ("customer", "type"),
    "charge": ("payment_intent", "customer", "transfer_group"),
    "refund": ("charge", "payment_intent"),
    "balance_transaction": ("payout", "source", "type", "currency"),
    "payout": ("status",),
    "dispute": ("charge", "payment_intent"),
    "radar.early_fraud_warning": ("charge", "payment_intent"),
    "event": ("type", "types"),
    "webhook_endpoint": (),
}
SESSIONS = PATHS["checkout.session"]
ROUTES: dict[tuple[str, str], Act] = {
    ("GET", "/v1/account"): lambda call: account_answer(call.books),
    ("GET", "/v1/balance"): lambda call: balance(call.books),
    ("POST", "/v1/customers"): lambda call: customers.create(call.books, call.params),
    ("POST", "/v1/customers/*"): lambda call: customers.update(call.books, call.ids[0], call.params),
    ("GET", "/v1/customers/*/cash_balance"): lambda call: cash_balances.retrieve(call.books, call.ids[0]),
    ("GET", "/v1/customers/*/cash_balance_transactions"): _cash_transactions,
    ("GET", "/v1/customers/*/cash_balance_transactions/*"): lambda call: shown(
        call.books.need(cash_balances.KIND, call.ids[1])
    ),
    ("POST", "/v1/test_helpers/customers/*/fund_cash_balance"): lambda call: bank_transfers.fund(
        call.books, call.ids[0], call.params
    ),
    ("POST", "/v1/payment_intents/*/cancel"): _cancel_intent,
    ("POST", "/v1/payment_methods/*/attach"): _attach,
    ("POST", "/v1/payment_methods/*/detach"): lambda call: payment_methods.detach(call.books, call.ids[0]),
    ("POST", SESSIONS): lambda call: sessions.create(call.books, call.params, base_url=call.base_url),
    ("POST", f"{SESSIONS}/*/expire"): lambda call: sessions.expire(call.books, call.ids[0]),
    ("GET", f"{SESSIONS}/*/line_items"): _line_items,
    ("POST", "/v1/refunds"): lambda call: refunds.create(call.books, call.params),
    ("POST", "/v1/refunds/*"): lambda call: refunds.update(call.books, call.ids[0], call.params),
    ("POST", "/v1/refunds/*/cancel"): lambda call: refunds.cancel(call.books, call.ids[0]),
    ("POST", "/v1/test_helpers/refunds/*/expire"): lambda call: refunds.advance(
        call.books, call.ids[0], status="failed", reason="expired"
    ),
    ("POST", "/v1/disputes/*/close"): lambda call: disputes.close_dispute(
        call.books, call.ids[0], status="lost"
    ),
    ("POST", "/v1/webhook_endpoints"): lambda call: endpoints.create(call.books, call.params),
    ("DELETE", "/v1/webhook_endpoints/*"): lambda call: endpoints.delete(call.books, call.ids[0]),
    **{("GET", path): _list(kind, *FILTERS[kind]) for kind, path in PATHS.items()},
    **{("GET", f"{path}/*"): _retrieve(kind) for kind, path in PATHS.items()},
}


def find_route(method: str, path: str) -> tuple[Act, list[str]]:
    """Raises ApiError 404 in Stripe's words for a path that is not served."""
    steps = path.rstrip("/").split("/")
    for (its_method, template), act in ROUTES.items():
        wanted = template.split("/")
        if its_method == method and len(wanted) == len(steps):
            pairs = list(zip(wanted, steps, strict=True))
            if all(want in ("*", step) for want, step in pairs):
                return act, [step for want, step in pairs if want == "*"]
    raise ApiError(f"Unrecognized request URL ({method}: {path}).", status=404)


def serve(store: Store, request: Request) -> Answer:
    """Answer one API call, errors included."""
    request_id = new_id("req", length=14)
    headers = {
        "Content-Type": "application/json",
        "Request-Id": request_id,
        "Stripe-Version": request.headers.get("stripe-version", API_VERSION),
    }
    if key := request.headers.get("idempotency-key"):
        headers["Idempotency-Key"] = key
    try:
        status, body, more = _work(store, request, request_id)
    except ApiError as refusal:
        status, body, more = refusal.status, _json(refusal.body(request_id)), {}
        return Answer(status, body, headers | more)
    lost = request.method == "POST" and store.faults.answer_is_lost()
    return Answer(status, body, headers | more, lost=lost)


def _work(store: Store, request: Request, request_id: str) -> tuple[int, bytes, dict[str, str]]:
    account = account_of(_secret_key(request))
    if broken := store.faults.next_api_error():
        limited = broken == 429
        raise ApiError(
            "Too many requests. Please slow down." if limited else "An unknown error occurred.",
            status=broken,
            kind="invalid_request_error" if limited else "api_error",
            code="rate_limit" if limited else None,
        )
    act, ids = find_route(request.method, request.path)
    params = decode(request.body.decode("utf-8", "replace") if request.method == "POST" else request.query)
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    if key and len(key) > LONGEST_KEY:
        raise ApiError("Idempotency keys have up to 255 characters.", kind="idempotency_error")
    books = Books(store, account, request_id, key)
    print_of_call = _fingerprint(request, params)
    with store.change():
        if key and (earlier := books.find("answer", key)):
            return _replay(earlier, key=key, fingerprint=print_of_call)
        sessions.expire_due(books)
        konbini.expire_due(books)
        whole = act(Call(books, params, ids, request.base_url))
        body = _json(expanded(books, shown(whole), params))
        if key:
            books.put(
                "answer",
                {"id": key, "fingerprint": print_of_call, "body": body.decode(), "request_id": request_id},
            )
    return 200, body, {}


def _replay(earlier: Object, *, key: str, fingerprint: str) -> tuple[int, bytes, dict[str, str]]:
    if earlier["fingerprint"] != fingerprint:
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were first "
            f"used with. Try using a key other than '{key}' if you meant to execute a different request."
        )
        raise ApiError(message, kind="idempotency_error")
    marks = {"Idempotent-Replayed": "true", "Original-Request": earlier["request_id"]}
    return 200, earlier["body"].encode(), marks


def _fingerprint(request: Request, params: Params) -> str:
    told = json.dumps([request.method, request.path, params], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _secret_key(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not key:
        message = "You did not provide an API key. Use 'Authorization: Bearer YOUR_SECRET_KEY'."
        raise ApiError(message, status=401)
    return key.strip()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()  # unindented: ten times as fast for a full page
