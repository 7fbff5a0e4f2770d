"""Events: what happened, with the object as it was then, and one delivery row per endpoint."""

from __future__ import annotations

from stripe_standin import API_VERSION
from stripe_standin.books import Books, shown
from stripe_standin.store import Object, new_id


def emit(books: Books, event_type: str, row: Object, *, previous: Object | None = None) -> Object:
    """Store the event and a waiting delivery for each endpoint that asked for its type."""
    told: Object = {"object": shown(row)}
    if previous is not None:
        told["previous_attributes"] = previous
    endpoints = [row for row in books.all("webhook_endpoint") if _wants(row, event_type)]
    event = books.put(
        "event",
        {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": books.now,
            "data": told,
            "livemode": False,
            "pending_webhooks": len(endpoints),
            "request": {"id": books.request_id, "idempotency_key": books.idempotency_key},
            "type": event_type,
        },
    )
    for endpoint in endpoints:
        schedule(books, event, endpoint)
    return event


def _wants(endpoint: Object, event_type: str) -> bool:
    asked = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in asked or event_type in asked)


def schedule(books: Books, event: Object, endpoint: Object, *, again: bool = False) -> Object:
    """One row per event and endpoint; the faults of the moment decide when and how often it goes out."""
    plan: Object = {"state": "waiting", "after": 0.0} if again else books.store.faults.plan(event["type"])
    return books.put(
        "delivery",
        {
            "id": new_id("dlv"),
            "event": event["id"],
            "type": event["type"],
            "endpoint": endpoint["id"],
            "url": endpoint["url"],
            "state": plan["state"],
            "due": books.store.real_time() + plan["after"],
            "copies": plan.get("copies", 1),
            "together": plan.get("together", False),
            "scheduled_at": books.store.real_time(),
            "attempts": [],
        },
    )
