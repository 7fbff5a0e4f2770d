"""Charges: one payment, or one try of it, and its settling on the books a moment later."""

from __future__ import annotations

from stripe_standin import disputes
from stripe_standin.books import Books
from stripe_standin.cards import CARDS, DECLINES
from stripe_standin.events import emit
from stripe_standin.methods import METHODS
from stripe_standin.money import Movement, move
from stripe_standin.store import Object, new_id


def succeeded(books: Books, intent: Object, *, method: Object, details: Object | None = None) -> Object:
    """The payment method paid. As at Stripe (automatic_async) there is no balance transaction yet.

    details: what the charge says of it beyond its kind, such as the store of a konbini payment.
    """
    charge = _charge(books, intent, method=method, details=details)
    charge.update(
        amount_captured=charge["amount"],
        captured=True,
        paid=True,
        status="succeeded",
        outcome=_outcome("approved_by_network", "authorized", "Payment complete."),
        _settle_at=books.store.real_time() + books.store.settle_seconds,
    )
    return books.put("charge", charge)


def failed(books: Books, intent: Object, *, method: Object, reason: str) -> Object:
    code, message = DECLINES[reason]
    charge = _charge(books, intent, method=method)
    charge.update(
        failure_code=code,
        failure_message=message,
        status="failed",
        outcome=_outcome("declined_by_network", "issuer_declined", "The bank declined the charge."),
    )
    return books.put("charge", charge)


def settle(books: Books, charge: Object) -> Object:
    """Book the charge with its fee and tell it; a repeat changes nothing."""
    if charge["balance_transaction"] or charge["status"] != "succeeded":
        return charge
    amount_yen, method = charge["amount"], METHODS[charge["_method"]]
    movement = Movement(
        method.booked_as,
        "charge",
        amount_yen,
        charge["id"],
        method.fee_yen(amount_yen),
        charge["description"],
    )
    charge.update(balance_transaction=move(books, movement)["id"], _settle_at=None)
    books.put("charge", charge)
    emit(books, "charge.updated", charge, previous={"balance_transaction": None})
    card = CARDS.get(charge["_card"] or "")
    if card and card.disputed:
        disputes.open_dispute(books, charge["id"], reason="fraudulent")
        return books.need("charge", charge["id"])
    return charge


def settle_due(books: Books) -> None:
    """Settle what is ripe; the clockwork calls this."""
    for charge in books.due("charge", books.store.real_time()):
        settle(books, charge)


def _outcome(network: str, kind: str, message: str) -> Object:
    return {
        "network_status": network,
        "reason": None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": message,
        "type": kind,
    }


def _details(method: Object, more: Object | None) -> Object:
    """payment_method_details: for a card what is printed on it, for others what `more` says."""
    kind = method["type"]
    if kind != "card":
        return {"type": kind, kind: more or {}}
    card = method["card"]
    copied = (
        "brand",
        "checks",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "wallet",
    )
    proven = {"result": "authenticated", "version": "2.2.0"} if CARDS[method["_card"]].asks_3ds else None
    said = {name: card[name] for name in copied}
    return {"type": "card", "card": {**said, "network": card["brand"], "three_d_secure": proven}}


def _charge(books: Books, intent: Object, *, method: Object, details: Object | None = None) -> Object:
    kind = METHODS[method["type"]]
    return {
        "id": new_id(kind.prefix),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "STAND-IN",
        "captured": False,
        "created": books.now,
        "currency": "jpy",
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(method, details),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "pending",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
        "_card": method["_card"],
        "_method": method["type"],
        "_settle_at": None,
    }
