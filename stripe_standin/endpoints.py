"""Webhook endpoints: where an account's events go, and the secret that signs them."""

from __future__ import annotations

import hashlib
import secrets
from urllib.parse import urlsplit

from stripe_standin.books import Books
from stripe_standin.errors import ApiError
from stripe_standin.params import Params, metadata, only, required, text
from stripe_standin.store import Object, new_id

KNOWN = {"api_version", "description", "enabled_events", "expand", "metadata", "url"}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def create(books: Books, params: Params) -> Object:
    """Returns the row with `secret`; Stripe too shows it in this one answer only."""
    only(params, KNOWN)
    events = params.get("enabled_events")
    if not isinstance(events, list) or not events:
        message = "Missing required param: enabled_events."
        raise ApiError(message, code="parameter_missing", param="enabled_events")
    row = _endpoint(books, new_id("we"), required(params, "url"))
    row.update(
        api_version=text(params, "api_version"),
        description=text(params, "description"),
        enabled_events=events,
        metadata=metadata(params),
        _secret="whsec_" + secrets.token_hex(16),
    )
    books.put("webhook_endpoint", row)
    return {**row, "secret": row["_secret"]}


def set_fixed(books: Books, *, url: str, secret: str, events: list[str] | None = None) -> Object:
    """The endpoint of this URL, with this secret. Saying it again changes nothing but the secret."""
    if not secret.startswith("whsec_") or len(secret) < len("whsec_") + 8:
        raise ApiError("A webhook secret begins with whsec_ and has 8 more signs or more.", param="secret")
    endpoint_id = "we_" + hashlib.sha256(url.encode()).hexdigest()[:24]
    row = _endpoint(books, endpoint_id, url)
    row.update(enabled_events=events or ["*"], _secret=secret)
    return books.put("webhook_endpoint", row)


def delete(books: Books, endpoint_id: str) -> Object:
    books.need("webhook_endpoint", endpoint_id)
    books.store.drop(books.account, "webhook_endpoint", endpoint_id)
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


def _endpoint(books: Books, endpoint_id: str, url: str) -> Object:
    address = urlsplit(url)
    host = address.hostname or ""
    if address.scheme not in ("http", "https") or not (host in LOOPBACK or host.endswith(".localhost")):
        message = "Invalid URL: the stand-in sends webhooks to this machine only (127.0.0.1, localhost, ::1)."
        raise ApiError(message, code="url_invalid", param="url")
    return {
        "id": endpoint_id,
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": books.now,
        "description": None,
        "enabled_events": ["*"],
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
    }
