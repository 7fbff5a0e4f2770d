"""Payment methods: what a person pays with. A card may be kept with a customer and charged again."""

from __future__ import annotations

import hashlib

from stripe_standin.books import Books
from stripe_standin.cards import CARDS, TOKENS, Card
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.store import Object, new_id


def billing(*, email: str | None, name: str | None = None, phone: str | None = None) -> Object:
    return {"address": None, "email": email, "name": name, "phone": phone, "tax_id": None}


def create(books: Books, kind: str, details: Object, *, billed: Object, card: str | None = None) -> Object:
    """kind: 'card', 'konbini' ...; details: what Stripe shows of it."""
    return books.put(
        "payment_method",
        {
            "id": new_id("pm"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": billed,
            "created": books.now,
            "customer": None,
            "customer_account": None,
            "livemode": False,
            "metadata": {},
            "type": kind,
            kind: details,
            "_card": card,
            "_set_up": False,  # its owner proved it and agreed to later charges
        },
    )


def of_card(books: Books, card: Card, *, email: str | None) -> Object:
    mark = hashlib.sha256(card.number.encode()).hexdigest()[:16]
    details: Object = {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "JP",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": mark,
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return create(books, "card", details, billed=billing(email=email), card=card.number)


def known(books: Books, method_id: str) -> Object:
    """The payment method of this id; a name such as pm_card_visa makes a new one, as at Stripe."""
    if method_id in TOKENS:
        return of_card(books, CARDS[TOKENS[method_id]], email=None)
    return books.need("payment_method", method_id, param="payment_method")


def keep(books: Books, method: Object, customer_id: str) -> Object:
    """Attach it, agreed to for later charges."""
    method = books.put("payment_method", {**method, "_set_up": True})
    return method if method["customer"] else attach(books, method, customer_id)


def attach(books: Books, method: Object, customer_id: str) -> Object:
    """Keep it with the customer; `payment_method.attached` tells it."""
    books.need("customer", customer_id, param="customer")
    if method["customer"] not in (None, customer_id):
        message = "The payment method you provided has already been attached to a customer."
        raise ApiError(message, code="resource_already_exists", param="payment_method")
    method = books.put("payment_method", {**method, "customer": customer_id})
    emit(books, "payment_method.attached", method)
    return method


def detach(books: Books, method_id: str) -> Object:
    """Let it go: it can never be charged again."""
    method = books.need("payment_method", method_id, param="payment_method")
    if method["customer"] is None:
        raise ApiError(
            "The payment method you provided is not attached to a customer.", param="payment_method"
        )
    before = method["customer"]
    method = books.put("payment_method", {**method, "customer": None, "_set_up": False, "_detached": True})
    emit(books, "payment_method.detached", method, previous={"customer": before})
    return method
