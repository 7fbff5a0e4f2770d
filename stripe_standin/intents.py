"""Payment intents: one per payment, from its first try to its end."""

from __future__ import annotations

from stripe_standin.books import Books, shown
from stripe_standin.cards import DECLINES
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.params import Params, only
from stripe_standin.store import Object, new_id

CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
EXPIRED = (
    "payment_intent_payment_attempt_expired",
    "The payment attempt expired before the customer paid. Confirm the PaymentIntent again to try again.",
)


def create(books: Books, *, amount_yen: int, customer: str | None, kinds: list[str], asked: Object) -> Object:
    """asked: description, metadata and so on. `payment_intent.created` tells it."""
    intent_id = new_id("pi")
    intent = books.put(
        "payment_intent",
        {
            "id": intent_id,
            "object": "payment_intent",
            "amount": amount_yen,
            "amount_capturable": 0,
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": asked.get("capture_method", "automatic_async"),
            "client_secret": new_id(f"{intent_id}_secret"),
            "confirmation_method": "automatic",
            "created": books.now,
            "currency": "jpy",
            "customer": customer,
            "description": asked.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": asked.get("metadata", {}),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_options": asked.get(
                "payment_method_options", {"card": {"request_three_d_secure": "automatic"}}
            ),
            "payment_method_types": kinds,
            "processing": None,
            "receipt_email": asked.get("receipt_email"),
            "setup_future_usage": asked.get("setup_future_usage"),
            "shipping": None,
            "statement_descriptor": asked.get("statement_descriptor"),
            "statement_descriptor_suffix": asked.get("statement_descriptor_suffix"),
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": asked.get("transfer_group"),
            "_session": None,
            "_funded_yen": 0,  # what bank transfers have brought so far
        },
    )
    emit(books, "payment_intent.created", intent)
    return intent


def of_session(books: Books, session: Object) -> Object:
    """The intent of a session: made at the first try, the same one at every later try."""
    known = books.find("payment_intent", session["payment_intent"])
    if known:
        return known
    intent = create(
        books,
        amount_yen=session["amount_total"],
        customer=session["customer"],
        kinds=session["payment_method_types"],
        asked={**session["_intent_data"], "payment_method_options": session["payment_method_options"]},
    )
    return books.put("payment_intent", {**intent, "_session": session["id"]})


def ask(books: Books, intent: Object, *, action: Object, method: Object | None = None) -> Object:
    """Wait for the payer: 3-D Secure, a store's till, a bank transfer."""
    intent.update(status="requires_action", next_action=action)
    if method:
        intent["payment_method"] = method["id"]
    books.put("payment_intent", intent)
    emit(books, "payment_intent.requires_action", intent)
    return intent


def succeed(books: Books, intent: Object, charge: Object) -> Object:
    """Paid; tells the charge and the intent."""
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=None,
        payment_method=charge["payment_method"],
    )
    books.put("payment_intent", intent)
    emit(books, "charge.succeeded", charge)
    emit(books, "payment_intent.succeeded", intent)
    return intent


def decline(books: Books, intent: Object, charge: Object, *, reason: str) -> Object:
    """The card company said no; tells the failed charge and the intent."""
    code, message = DECLINES[reason]
    error: Object = {"code": code, "message": message, "type": "card_error", "charge": charge["id"]}
    if reason != "authentication":
        error["decline_code"] = reason
    error["payment_method"] = shown(books.need("payment_method", charge["payment_method"]))
    emit(books, "charge.failed", charge)
    return _fail(books, {**intent, "latest_charge": charge["id"]}, error)


def lapse(books: Books, intent: Object, error: tuple[str, str], *, kind: str) -> Object:
    """No charge was ever tried: a voucher expired, a wallet was not opened."""
    code, message = error
    said = {"code": code, "message": message, "type": kind}
    return _fail(books, intent, said)


def _fail(books: Books, intent: Object, error: Object) -> Object:
    intent.update(
        status="requires_payment_method", next_action=None, payment_method=None, last_payment_error=error
    )
    books.put("payment_intent", intent)
    emit(books, "payment_intent.payment_failed", intent)
    return intent


def cancel(books: Books, intent_id: str, params: Params) -> Object:
    """Give up what is not paid. Raises ApiError for one that is paid or ended already."""
    only(params, {"cancellation_reason", "expand"})
    intent = books.need("payment_intent", intent_id, param="intent")
    if intent["status"] not in CANCELABLE:
        message = f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}."
        raise ApiError(message, code="payment_intent_unexpected_state")
    reason = params.get("cancellation_reason")
    intent.update(status="canceled", canceled_at=books.now, cancellation_reason=reason, next_action=None)
    books.put("payment_intent", intent)
    emit(books, "payment_intent.canceled", intent)
    return intent
