"""Invoices of subscriptions: made when a month begins, paid by the kept card, tried again when it fails.

At this API version an invoice names its payment through `payments` (invoice payments) and its
subscription through `parent.subscription_details`.
"""

from __future__ import annotations

from stripe_standin import intents, off_session
from stripe_standin.books import Books, shown
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.money import DAY
from stripe_standin.store import Object, new_id

RETRY_DAYS = (3, 5, 7)  # after the first, the second and the third failure; then the subscription ends


def create(books: Books, subscription: Object, *, reason: str, span: tuple[int, int]) -> Object:
    """A draft for one month. reason: 'subscription_create' or 'subscription_cycle'."""
    item = subscription["items"]["data"][0]
    total_yen = item["price"]["unit_amount"] * item["quantity"]
    customer = books.need("customer", subscription["customer"])
    invoice_id = new_id("in")
    parent = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    said: Object = dict.fromkeys(EMPTY)
    said.update(
        id=invoice_id,
        object="invoice",
        account_country="JP",
        amount_due=total_yen,
        amount_overpaid=0,
        amount_paid=0,
        amount_remaining=total_yen,
        amount_shipping=0,
        attempt_count=0,
        attempted=False,
        auto_advance=True,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        billing_reason=reason,
        collection_method="charge_automatically",
        created=books.now,
        currency="jpy",
        customer=customer["id"],
        customer_email=customer["email"],
        customer_name=customer["name"],
        customer_tax_exempt="none",
        default_tax_rates=[],
        discounts=[],
        issuer={"type": "self"},
        lines=_lines(invoice_id, subscription, item, total_yen, span),
        livemode=False,
        metadata={},
        parent={
            "quote_details": None,
            "subscription_details": {**parent, "subscription_proration_date": None},
            "type": "subscription_details",
        },
        payment_settings={
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        period_end=span[0],
        period_start=subscription["_billed_from"],
        post_payment_credit_notes_amount=0,
        pre_payment_credit_notes_amount=0,
        starting_balance=0,
        status="draft",
        status_transitions=dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
        subtotal=total_yen,
        subtotal_excluding_tax=total_yen,
        total=total_yen,
        total_discount_amounts=[],
        total_excluding_tax=total_yen,
        total_pretax_credit_amounts=[],
        total_taxes=[],
        _subscription=subscription["id"],
    )
    books.put("invoice", said)
    emit(books, "invoice.created", said)
    return said


EMPTY = (
    "account_name", "account_tax_ids", "application", "automatically_finalizes_at", "customer_address",
    "customer_phone", "customer_shipping", "customer_tax_ids", "custom_fields", "default_payment_method",
    "default_source", "description", "due_date", "effective_at", "ending_balance", "footer", "from_invoice",
    "hosted_invoice_url", "invoice_pdf", "last_finalization_error", "latest_revision", "next_payment_attempt",
    "number", "on_behalf_of", "receipt_number", "rendering", "shipping_cost", "shipping_details",
    "statement_descriptor", "test_clock", "webhooks_delivered_at",
)  # fmt: skip


def finalize(books: Books, invoice: Object) -> Object:
    """From draft to open, with a number."""
    count = len(books.having("invoice", "customer", invoice["customer"]))
    number = f"{invoice['customer'][-8:].upper()}-{count:04d}"
    transitions = {**invoice["status_transitions"], "finalized_at": books.now}
    invoice.update(
        status="open", number=number, effective_at=books.now, ending_balance=0, status_transitions=transitions
    )
    books.put("invoice", invoice)
    emit(books, "invoice.finalized", invoice)
    return invoice


def collect(books: Books, invoice: Object, method: Object | None, *, is_present: bool = False) -> Object:
    """Charge the kept card; is_present: its owner sits before the page. Returns the invoice: paid, or open with the next try's time."""
    payment = _payment(books, invoice)
    intent = books.need("payment_intent", payment["payment"]["payment_intent"])
    if method is not None:
        intent = off_session.charge(books, intent, method, is_present=is_present)
    if intent["status"] == "succeeded":
        return settle(books, invoice, payment)
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
    again = invoice["attempt_count"] <= len(RETRY_DAYS) and invoice["billing_reason"] != "subscription_create"
    wait = RETRY_DAYS[invoice["attempt_count"] - 1] * DAY if again else 0
    invoice["next_payment_attempt"] = books.now + wait if again else None
    books.put("invoice", invoice)
    emit(books, "invoice.payment_failed", invoice)
    return invoice


def settle(books: Books, invoice: Object, payment: Object) -> Object:
    """Its payment intent succeeded."""
    moments = {**payment["status_transitions"], "paid_at": books.now}
    payment.update(status="paid", amount_paid=invoice["amount_due"], status_transitions=moments)
    books.put("invoice_payment", payment)
    invoice.update(
        status="paid",
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        attempted=True,
        attempt_count=invoice["attempt_count"] + 1,
        auto_advance=False,
        next_payment_attempt=None,
        status_transitions={**invoice["status_transitions"], "paid_at": books.now},
    )
    books.put("invoice", invoice)
    for event_type in ("invoice.paid", "invoice.payment_succeeded"):
        emit(books, event_type, invoice)
    emit(books, "invoice_payment.paid", payment)
    return invoice


def close(books: Books, invoice: Object, *, status: str) -> Object:
    """status 'void' or 'uncollectible': nobody pays it any more."""
    moment, word = (
        ("voided_at", "voided") if status == "void" else ("marked_uncollectible_at", "marked_uncollectible")
    )
    if invoice["status"] not in ("draft", "open"):
        raise ApiError(f"An invoice that is {invoice['status']} cannot become {status}.")
    transitions = {**invoice["status_transitions"], moment: books.now}
    invoice.update(
        status=status, auto_advance=False, next_payment_attempt=None, status_transitions=transitions
    )
    books.put("invoice", invoice)
    emit(books, f"invoice.{word}", invoice)
    return invoice


def payments_of(books: Books, invoice_id: str) -> list[Object]:
    return [shown(row) for row in books.having("invoice_payment", "invoice", invoice_id)]


def _payment(books: Books, invoice: Object) -> Object:
    """The invoice's payment with its intent: made at the first try, kept for the others."""
    if known := books.having("invoice_payment", "invoice", invoice["id"]):
        return known[0]
    intent = intents.create(
        books,
        amount_yen=invoice["amount_due"],
        customer=invoice["customer"],
        kinds=["card"],
        asked={"description": "Subscription update" if invoice["billing_reason"] != "subscription_create" else
               "Subscription creation", "setup_future_usage": "off_session"},
    )  # fmt: skip
    return books.put(
        "invoice_payment",
        {
            "id": new_id("inpay"),
            "object": "invoice_payment",
            "amount_paid": None,
            "amount_requested": invoice["amount_due"],
            "created": books.now,
            "currency": "jpy",
            "invoice": invoice["id"],
            "is_default": True,
            "livemode": False,
            "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        },
    )


def _lines(
    invoice_id: str, subscription: Object, item: Object, total_yen: int, span: tuple[int, int]
) -> Object:
    price = item["price"]
    details = {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": subscription["id"],
        "subscription_item": item["id"],
    }
    line = {
        "id": new_id("il"),
        "object": "line_item",
        "amount": total_yen,
        "currency": "jpy",
        "description": subscription["_what"],
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice_id,
        "livemode": False,
        "metadata": subscription["metadata"],
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        },
        "period": {"start": span[0], "end": span[1]},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "subtotal": total_yen,
        "taxes": [],
    }
    url = f"/v1/invoices/{invoice_id}/lines"
    return {"object": "list", "data": [line], "has_more": False, "total_count": 1, "url": url}
