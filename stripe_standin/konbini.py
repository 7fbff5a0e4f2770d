"""Konbini: the payer takes a number to a store's till within days, and pays there in cash."""

from __future__ import annotations

import secrets

from stripe_standin import charges, intents, payment_methods, payments
from stripe_standin.books import Books
from stripe_standin.errors import ApiError
from stripe_standin.money import DAY
from stripe_standin.store import Object

STORES = ("familymart", "lawson", "ministop", "seicomart")
DEFAULT_DAYS = 3
JAPAN_SECONDS = 9 * 3_600  # Japan has no summer time


def begin(books: Books, session: Object, *, billed: Object, page: str) -> Object:
    """Give out the numbers. The session is complete and unpaid; the money comes later or never.

    page: address of the voucher, with {intent} for the intent's id.
    """
    intent = intents.of_session(books, session)
    session = payments.with_customer(books, session, email=billed["email"], name=billed["name"])
    session["payment_intent"] = intent["id"]
    intent["customer"] = session["customer"]
    method = payment_methods.create(books, "konbini", {}, billed=billed)
    days = session["payment_method_options"].get("konbini", {}).get("expires_after_days") or DEFAULT_DAYS
    details = {
        "expires_at": last_second(books.now, days),
        "hosted_voucher_url": page.format(intent=intent["id"]),
        "stores": {name: _numbers(name) for name in STORES},
    }
    action = {"type": "konbini_display_details", "konbini_display_details": details}
    intents.ask(books, intent, action=action, method=method)
    return payments.complete(books, session, billed=billed, is_paid=False)


def last_second(now: int, days: int) -> int:
    """23:59:59 in Japan, `days` calendar days from today."""
    today = (now + JAPAN_SECONDS) // DAY
    return (today + days + 1) * DAY - JAPAN_SECONDS - 1


def pay(books: Books, intent_id: str, *, store: str = "familymart") -> Object:
    """Cash at the till. Raises ApiError when nothing is waiting to be paid there."""
    intent = _waiting(books, intent_id)
    if store not in STORES:
        raise ApiError(f"No such store: {store}; one of {', '.join(STORES)}.", param="store")
    method = books.need("payment_method", intent["payment_method"])
    charge = charges.succeeded(books, intent, method=method, details={"store": {"chain": store}})
    intent = intents.succeed(books, intent, charge)
    payments.arrived(books, intent)
    return intent


def expire(books: Books, intent_id: str) -> Object:
    """Nobody came to the till in time."""
    intent = _waiting(books, intent_id)
    intent = intents.lapse(books, intent, intents.EXPIRED, kind="invalid_request_error")
    payments.missed(books, intent)
    return intent


def expire_due(books: Books) -> None:
    """The clockwork and each call ask for it."""
    for intent in books.due("payment_intent"):
        expire(books, intent["id"])


def _waiting(books: Books, intent_id: str) -> Object:
    intent = books.need("payment_intent", intent_id, param="payment_intent")
    if (intent["next_action"] or {}).get("type") != "konbini_display_details":
        message = f"{intent_id} does not wait for a konbini payment: it is {intent['status']}."
        raise ApiError(message, param="payment_intent")
    return intent


def _numbers(store: str) -> Object:
    code = "".join(secrets.choice("0123456789") for _ in range(6))
    number = "".join(secrets.choice("0123456789") for _ in range(11))
    return {
        "confirmation_number": number,
        "payment_code": f"{code[:5]}{code}" if store == "familymart" else code,
    }
