"""What falls due by the clock: a subscription's next month, another try of a declined card, an end."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from stripe_standin import invoices, konbini, sessions, subscriptions
from stripe_standin.books import Books
from stripe_standin.errors import ApiError
from stripe_standin.params import Params, only
from stripe_standin.store import Object

MOST_STEPS = 2_000  # of one call; a clock moved by decades goes on at the next


def all_due(books: Books) -> None:
    """Everything that waits for a moment and not for a person. The clockwork and each call ask for it."""
    sessions.expire_due(books)
    konbini.expire_due(books)
    for _ in range(MOST_STEPS):
        shelves = [books.store.shelf(books.account, kind) for kind in ("subscription", "invoice")]
        row = min((row for shelf in shelves for row in islice(shelf.upcoming(), 1)), key=_at, default=None)
        if row is None or row["_at"] > books.now:
            return
        then = replace(books, at=row.pop("_at"))
        if row["object"] == "invoice":
            _retry(then, row)
        else:
            _turn(then, row)


def _at(row: Object) -> float:
    return float(row["_at"])


def pay_invoice(books: Books, invoice_id: str, params: Params) -> Object | ApiError:
    """POST /v1/invoices/:id/pay: once more, now."""
    only(params, {"expand", "off_session", "payment_method"})
    invoice = books.need("invoice", invoice_id)
    if invoice["status"] != "open":
        raise ApiError(f"Invoice is {invoice['status']} and cannot be paid.", code="invoice_not_open")
    subscription = books.need("subscription", invoice["_subscription"])
    method_id = params.get("payment_method") or subscription["default_payment_method"]
    method = books.need("payment_method", method_id or "", param="payment_method")
    invoice = invoices.collect(books, invoice, method)
    if invoice["status"] == "paid":
        _recovered(books, subscription)
        return invoice
    return ApiError("Your card was declined.", status=402, kind="card_error", code="card_declined")


def _turn(books: Books, subscription: Object) -> None:
    """The month is over, or the pause is."""
    pause = subscription["pause_collection"]
    if pause and pause["resumes_at"] and pause["resumes_at"] <= books.now:
        subscriptions.change(books, subscription, pause_collection=None)
        return
    if subscription["cancel_at_period_end"]:
        subscriptions.cancel(books, subscription["id"])
        return
    item = subscription["items"]["data"][0]
    months = subscription["_months"] + 1
    span = (
        item["current_period_end"],
        subscriptions.month_later(subscription["billing_cycle_anchor"], months),
    )
    items = {
        **subscription["items"],
        "data": [{**item, "current_period_start": span[0], "current_period_end": span[1]}],
    }
    subscription = books.put("subscription", {**subscription, "_months": months})
    invoice = invoices.create(books, subscription, reason="subscription_cycle", span=span)
    subscription = subscriptions.change(books, subscription, items=items, latest_invoice=invoice["id"])
    books.put("subscription", {**subscription, "_billed_from": span[0]})
    if pause and pause["behavior"] == "keep_as_draft":
        books.put("invoice", {**invoice, "auto_advance": False})
    elif pause:
        status = "void" if pause["behavior"] == "void" else "uncollectible"
        invoices.close(books, invoices.finalize(books, invoice), status=status)
    else:
        _collect(books, invoices.finalize(books, invoice))


def _retry(books: Books, invoice: Object) -> None:
    invoice = books.put("invoice", {**invoice, "next_payment_attempt": None})
    _collect(books, invoice)


def _collect(books: Books, invoice: Object) -> None:
    """Charge the card of today. The last failure ends the subscription."""
    subscription = books.need("subscription", invoice["_subscription"])
    method = books.find("payment_method", subscription["default_payment_method"])
    invoice = invoices.collect(books, invoice, method if method and method["customer"] else None)
    subscription = books.need("subscription", subscription["id"])
    if invoice["status"] == "paid":
        _recovered(books, subscription)
    elif invoice["next_payment_attempt"] is None:
        subscriptions.cancel(books, subscription["id"], reason="payment_failed")
    else:
        subscriptions.change(books, subscription, status="past_due")


def _recovered(books: Books, subscription: Object) -> None:
    if subscription["status"] == "past_due":
        subscriptions.change(books, subscription, status="active")
