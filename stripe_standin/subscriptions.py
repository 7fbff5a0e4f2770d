"""Subscriptions: a gift every month from a kept card, until someone ends it."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime

from stripe_standin import invoices, payment_methods, prices
from stripe_standin.books import Books
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.params import Params, choice, group, integer, metadata, only, text, truth
from stripe_standin.store import Object, new_id

KNOWN = {
    "cancel_at_period_end", "cancellation_details", "default_payment_method", "description", "expand", "items",
    "metadata", "pause_collection", "payment_behavior", "proration_behavior",
}  # fmt: skip
FEEDBACK = (
    "customer_service", "low_quality", "missing_features", "other", "switched_service", "too_complex",
    "too_expensive", "unused",
)  # fmt: skip
PAUSES = ("keep_as_draft", "mark_uncollectible", "void")
STATUSES = ("active", "all", "canceled", "ended", "incomplete", "past_due", "paused", "trialing", "unpaid")


def start(books: Books, session: Object, method: Object) -> Object:
    """The hosted page was paid: subscription, first invoice and its payment. The card is good by now."""
    customer_id = session["customer"]
    method = payment_methods.keep(books, method, customer_id)
    asked, item = session["_subscription_data"], session["_line_items"][0]
    price = prices.keep(books, item["price"], name=item["description"])
    span = (books.now, month_later(books.now, 1))
    subscription = _row(books, customer_id, price, item["quantity"], span)
    subscription.update(
        default_payment_method=method["id"],
        description=asked.get("description"),
        metadata=asked["metadata"],
        _what=f"{item['quantity']} × {item['description']} (at ¥{price['unit_amount']:,} / month)",
    )
    books.put("subscription", subscription)
    emit(books, "customer.subscription.created", subscription)
    invoice = invoices.finalize(
        books, invoices.create(books, subscription, reason="subscription_create", span=span)
    )
    invoice = invoices.collect(books, invoice, method, is_present=True)
    return change(books, subscription, status="active", latest_invoice=invoice["id"])


def update(books: Books, subscription_id: str, params: Params) -> Object:
    """Another amount, another card, a pause, an end at the month's end. Nothing is charged by it."""
    only(params, KNOWN)
    subscription = books.need("subscription", subscription_id)
    if subscription["status"] == "canceled":
        raise ApiError("A canceled subscription can only update its cancellation_details and metadata.")
    changes: Object = {"metadata": metadata(params, before=subscription["metadata"])}
    if "items" in params:
        changes["items"] = _items(books, subscription, params)
    if "cancel_at_period_end" in params:
        changes.update(_ending(books, subscription, truth(params, "cancel_at_period_end")))
    if "cancellation_details" in params:
        changes["cancellation_details"] = _details(subscription, group(params, "cancellation_details"))
    if "pause_collection" in params:
        changes["pause_collection"] = _pause(params)
    if "description" in params:
        changes["description"] = text(params, "description")
    if method_id := text(params, "default_payment_method"):
        method = books.need("payment_method", method_id, param="default_payment_method")
        if method["customer"] != subscription["customer"]:
            message = "The customer does not have a payment method with the ID " + method_id
            raise ApiError(message, code="resource_missing", param="default_payment_method")
        changes["default_payment_method"] = method_id
    return change(books, subscription, **changes)


def cancel(
    books: Books,
    subscription_id: str,
    params: Params | None = None,
    *,
    reason: str = "cancellation_requested",
) -> Object:
    """End it now. Its open invoice is not tried again."""
    asked = params or {}
    only(asked, {"cancellation_details", "expand", "invoice_now", "prorate"})
    if truth(asked, "invoice_now") or truth(asked, "prorate"):
        raise ApiError("The stand-in ends subscriptions without a last bill.", param="prorate")
    subscription = books.need("subscription", subscription_id)
    if subscription["status"] == "canceled":
        raise ApiError(
            f"No such subscription: '{subscription_id}'", status=404, code="resource_missing", param="id"
        )
    details = _details(subscription, group(asked, "cancellation_details"))
    at = subscription["canceled_at"] or books.now
    subscription.update(
        status="canceled",
        canceled_at=at,
        ended_at=books.now,
        cancellation_details={**details, "reason": reason},
    )
    books.put("subscription", subscription)
    for invoice in books.having("invoice", "subscription", subscription_id):
        if invoice["next_payment_attempt"] is not None or invoice["auto_advance"]:
            books.put("invoice", {**invoice, "auto_advance": False, "next_payment_attempt": None})
    emit(books, "customer.subscription.deleted", subscription)
    return subscription


def change(books: Books, subscription: Object, **changes: object) -> Object:
    """Write what is new, and tell it with what it was before."""
    before = {name: subscription[name] for name in changes if subscription[name] != changes[name]}
    subscription = books.put("subscription", {**subscription, **changes})
    if before:
        emit(books, "customer.subscription.updated", subscription, previous=before)
    return subscription


def month_later(anchor: int, months: int) -> int:
    """The same day `months` later, or that month's last: 31 January -> 28 February -> 31 March."""
    day = datetime.fromtimestamp(anchor, UTC)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return int(day.replace(year=year, month=month + 1, day=min(day.day, last)).timestamp())


def end_of(subscription: Object) -> int:
    return int(subscription["items"]["data"][0]["current_period_end"])


def _items(books: Books, subscription: Object, params: Params) -> Object:
    asked = params["items"]
    item = subscription["items"]["data"][0]
    if not isinstance(asked, list) or len(asked) != 1 or asked[0].get("id") != item["id"]:
        raise ApiError("The stand-in's subscriptions have one item: name it by items[0][id].", param="items")
    if params.get("proration_behavior") != "none":
        message = "The stand-in bills a new amount from the next month on: send proration_behavior=none."
        raise ApiError(message, param="proration_behavior")
    only(asked[0], {"id", "price", "price_data", "quantity"}, under="items[0]")
    price = item["price"]
    if "price_data" in asked[0]:
        price = prices.create(books, group(asked[0], "price_data"), under="items[0][price_data]")
    elif "price" in asked[0]:
        price = books.need("price", asked[0]["price"], param="items[0][price]")
    quantity = integer(asked[0].get("quantity", str(item["quantity"])), "items[0][quantity]")
    item = {**item, "price": price, "quantity": quantity, "plan": prices.plan(price)}
    return {**subscription["items"], "data": [item]}


def _ending(books: Books, subscription: Object, ends: bool) -> Object:
    reason = "cancellation_requested" if ends else None
    return {
        "cancel_at_period_end": ends,
        "cancel_at": end_of(subscription) if ends else None,
        "canceled_at": (subscription["canceled_at"] or books.now) if ends else None,
        "cancellation_details": {**subscription["cancellation_details"], "reason": reason},
    }


def _details(subscription: Object, asked: Params) -> Object:
    only(asked, {"comment", "feedback"}, under="cancellation_details")
    said = dict(subscription["cancellation_details"])
    if "comment" in asked:
        said["comment"] = text(asked, "comment")
    if "feedback" in asked:
        said["feedback"] = choice(asked, "feedback", FEEDBACK, None)
    return said


def _pause(params: Params) -> Object | None:
    if params["pause_collection"] == "":
        return None
    asked = group(params, "pause_collection")
    only(asked, {"behavior", "resumes_at"}, under="pause_collection")
    until = asked.get("resumes_at")
    return {
        "behavior": choice(asked, "behavior", PAUSES, None),
        "resumes_at": integer(until, "pause_collection[resumes_at]") if until else None,
    }


def _row(books: Books, customer_id: str, price: Object, quantity: int, span: tuple[int, int]) -> Object:
    subscription_id = new_id("sub")
    item: Object = {
        "id": new_id("si", length=14),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": books.now,
        "current_period_end": span[1],
        "current_period_start": span[0],
        "discounts": [],
        "metadata": {},
        "plan": prices.plan(price),
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }
    url = f"/v1/subscription_items?subscription={subscription_id}"
    row: Object = dict.fromkeys(EMPTY)
    row.update(
        id=subscription_id,
        object="subscription",
        automatic_tax={"disabled_reason": None, "enabled": False, "liability": None},
        billing_cycle_anchor=span[0],
        billing_mode={"type": "flexible", "flexible": {"proration_discounts": "included"}},
        billing_schedules=[],
        cancel_at_period_end=False,
        cancellation_details={"comment": None, "feedback": None, "reason": None},
        collection_method="charge_automatically",
        created=books.now,
        currency="jpy",
        customer=customer_id,
        default_tax_rates=[],
        discounts=[],
        invoice_settings={"account_tax_ids": None, "issuer": {"type": "self"}},
        items={"object": "list", "data": [item], "has_more": False, "total_count": 1, "url": url},
        livemode=False,
        metadata={},
        payment_settings={
            "payment_method_options": None,
            "payment_method_types": ["card"],
            "save_default_payment_method": "off",
        },
        start_date=span[0],
        status="incomplete",
        trial_settings={"end_behavior": {"missing_payment_method": "create_invoice"}},
        _billed_from=span[0],
        _months=1,  # billed so far; the next period counts from the anchor, so the 31st stays the 31st
        _what="",
    )
    return row


EMPTY = (
    "application", "application_fee_percent", "billing_cycle_anchor_config", "billing_thresholds", "cancel_at",
    "canceled_at", "customer_account", "days_until_due", "default_payment_method", "default_source", "description",
    "ended_at", "latest_invoice", "next_pending_invoice_item_invoice", "on_behalf_of", "pause_collection",
    "pending_invoice_item_interval", "pending_setup_intent", "pending_update", "schedule", "test_clock",
    "transfer_data", "trial_end", "trial_start",
)  # fmt: skip
