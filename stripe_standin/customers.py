"""Customers: create, update, and what a paid session creates."""

from __future__ import annotations

from stripe_standin.books import Books
from stripe_standin.events import emit
from stripe_standin.params import Params, metadata, only, text
from stripe_standin.store import Object, new_id

KNOWN = {"name", "email", "phone", "description", "metadata", "expand", "preferred_locales"}


def create(books: Books, params: Params) -> Object:
    only(params, KNOWN)
    row = books.put(
        "customer",
        {
            "id": new_id("cus", length=14),
            "object": "customer",
            "address": None,
            "balance": 0,
            "created": books.now,
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": text(params, "description"),
            "discount": None,
            "email": text(params, "email", longest=512),
            "invoice_settings": {"custom_fields": None, "default_payment_method": None, "footer": None},
            "livemode": False,
            "metadata": metadata(params),
            "name": text(params, "name", longest=256),
            "phone": text(params, "phone"),
            "preferred_locales": params.get("preferred_locales", []),
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
        },
    )
    emit(books, "customer.created", row)
    return row


def update(books: Books, customer_id: str, params: Params) -> Object:
    only(params, KNOWN)
    row = books.need("customer", customer_id)
    before = dict(row)
    for name in ("name", "email", "phone", "description"):
        if name in params:
            row[name] = text(params, name)
    row["metadata"] = metadata(params, before=row["metadata"])
    books.put("customer", row)
    changed = {name: before[name] for name in row if row[name] != before[name]}
    emit(books, "customer.updated", row, previous=changed)
    return row
