"""The API: keys, idempotency, errors, and the headers of every answer. routes.py says what a path does."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from stripe_standin import API_VERSION, renewals
from stripe_standin.books import Books, account_of, shown
from stripe_standin.errors import ApiError
from stripe_standin.listing import expanded
from stripe_standin.params import Params, decode
from stripe_standin.routes import Call, find_route
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
        renewals.all_due(books)
        done = act(Call(books, params, ids, request.base_url))
        if isinstance(done, ApiError):  # written all the same: a declined card leaves its intent and charge
            status, body = done.status, _json(done.body(request_id))
        else:
            status, body = 200, _json(expanded(books, shown(done), params))
        if key:
            answer = {
                "id": key,
                "fingerprint": print_of_call,
                "body": body.decode(),
                "request_id": request_id,
            }
            books.put("answer", {**answer, "status": status})
    return status, body, {}


def _replay(earlier: Object, *, key: str, fingerprint: str) -> tuple[int, bytes, dict[str, str]]:
    if earlier["fingerprint"] != fingerprint:
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were first "
            f"used with. Try using a key other than '{key}' if you meant to execute a different request."
        )
        raise ApiError(message, kind="idempotency_error")
    marks = {"Idempotent-Replayed": "true", "Original-Request": earlier["request_id"]}
    return earlier.get("status", 200), earlier["body"].encode(), marks


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
