"""Charges: one try of one card, and its settling on the books a moment later."""

from __future__ import annotations

from stripe_standin import disputes
from stripe_standin.books import Books
from stripe_standin.cards import CARDS, DECLINES, Card
from stripe_standin.events import emit
from stripe_standin.money import Movement, fee_yen, move
from stripe_standin.store import Object, new_id


def succeeded(books: Books, intent: Object, *, card: Card, email: str) -> Object:
    """The card paid. As at Stripe (automatic_async) there is no balance transaction yet."""
    charge = _charge(books, intent, card=card)
    charge.update(
        amount_captured=charge["amount"],
        captured=True,
        paid=True,
        status="succeeded",
        outcome=_outcome("approved_by_network", "authorized", "Payment complete."),
        _settle_at=books.store.real_time() + books.store.settle_seconds,
    )
    charge["billing_details"]["email"] = email
    return books.put("charge", charge)


def failed(books: Books, intent: Object, *, card: Card, reason: str) -> Object:
    code, message = DECLINES[reason]
    charge = _charge(books, intent, card=card)
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
    amount_yen = charge["amount"]
    movement = Movement(
        "charge", "charge", amount_yen, charge["id"], fee_yen(amount_yen), charge["description"]
    )
    charge.update(balance_transaction=move(books, movement)["id"], _settle_at=None)
    books.put("charge", charge)
    emit(books, "charge.updated", charge, previous={"balance_transaction": None})
    if CARDS[charge["_card"]].disputed:
        disputes.open_dispute(books, charge["id"], reason="fraudulent")
        return books.need("charge", charge["id"])
    return charge


def settle_due(books: Books) -> None:
    """Settle what is ripe; the clockwork calls this."""
    now = books.store.real_time()
    for charge in books.where("charge", lambda row: (row["_settle_at"] or now + 1) <= now):
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


def _card_details(card: Card) -> Object:
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "JP",
        "exp_month": 12,
        "exp_year": 2034,
        "funding": "credit",
        "last4": card.last4,
        "network": card.brand,
        "three_d_secure": {"result": "authenticated", "version": "2.2.0"} if card.asks_3ds else None,
        "wallet": None,
    }


def _charge(books: Books, intent: Object, *, card: Card) -> Object:
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
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
        "payment_method": new_id("pm"),
        "payment_method_details": {"type": "card", "card": _card_details(card)},
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
        "_card": card.number,
        "_settle_at": None,
    }
