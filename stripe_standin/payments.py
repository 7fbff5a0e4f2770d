"""Paying: one payment intent per session, one charge per try, the money on the books a moment later."""

from __future__ import annotations

from stripe_standin import charges, customers, sessions
from stripe_standin.books import Books
from stripe_standin.cards import DECLINES, Card
from stripe_standin.events import emit
from stripe_standin.store import Object, new_id

MOST_DECLINES = 10  # then the session closes: nobody needs an eleventh try


def pay(books: Books, session: Object, *, card: Card, email: str, proven: bool = False) -> Object:
    """Try a card. Returns the session: complete, still open (refused), or waiting for 3-D Secure.

    `proven` says that the 3-D Secure page was answered with yes. A session that is not open is
    returned unchanged: a double click pays once.
    """
    if session["status"] != "open":
        return session
    intent = _intent(books, session, email=email)
    session = {**session, "payment_intent": intent["id"], "_challenge": None}
    if (card.asks_3ds or session["_asks_3ds"]) and not proven:
        return _ask(books, session, intent, {"card": card.number, "email": email})
    if card.decline:
        return _decline(books, session, intent, card=card, reason=card.decline)
    return _succeed(books, session, intent, card=card, email=email)


def fail_challenge(books: Books, session: Object, *, card: Card) -> Object:
    """The person said no on the 3-D Secure page: nothing is paid and the session stays open."""
    intent = books.need("payment_intent", session["payment_intent"])
    return _decline(books, {**session, "_challenge": None}, intent, card=card, reason="authentication")


def _ask(books: Books, session: Object, intent: Object, challenge: Object) -> Object:
    intent.update(
        status="requires_action",
        next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}},
    )
    books.put("payment_intent", intent)
    emit(books, "payment_intent.requires_action", intent)
    return books.put("checkout.session", {**session, "_challenge": challenge})


def _decline(books: Books, session: Object, intent: Object, *, card: Card, reason: str) -> Object:
    code, message = DECLINES[reason]
    charge = charges.failed(books, intent, card=card, reason=reason)
    error = {"code": code, "decline_code": reason, "message": message, "type": "card_error"}
    if reason == "authentication":
        error.pop("decline_code")
    intent.update(
        status="requires_payment_method",
        next_action=None,
        latest_charge=charge["id"],
        last_payment_error={**error, "charge": charge["id"]},
    )
    books.put("payment_intent", intent)
    emit(books, "charge.failed", charge)
    emit(books, "payment_intent.payment_failed", intent)
    session = books.put("checkout.session", {**session, "_declines": session["_declines"] + 1})
    if session["_declines"] >= MOST_DECLINES:
        session = sessions.expire(books, session["id"])
    return session


def _succeed(books: Books, session: Object, intent: Object, *, card: Card, email: str) -> Object:
    if sessions.wants_customer(session):
        session["customer"] = customers.create(books, {"email": email})["id"]
    intent["customer"] = session["customer"]
    charge = charges.succeeded(books, intent, card=card, email=email)
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=None,
        payment_method=charge["payment_method"],
    )
    books.put("payment_intent", intent)
    details: Object = {"address": None, "email": email, "name": None, "phone": None}
    details.update(tax_exempt="none", tax_ids=[])
    session.update(status="complete", payment_status="paid", url=None, customer_details=details)
    books.put("checkout.session", session)
    emit(books, "charge.succeeded", charge)
    emit(books, "payment_intent.succeeded", intent)
    emit(books, "checkout.session.completed", session)
    return session


def _intent(books: Books, session: Object, *, email: str) -> Object:
    known = books.find("payment_intent", session["payment_intent"])
    if known:
        return known
    asked = session["_intent_data"]
    intent_id = new_id("pi")
    intent = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": session["amount_total"],
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
        "customer": session["customer"],
        "description": asked.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": asked["metadata"],
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": asked.get("receipt_email"),
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": asked.get("statement_descriptor"),
        "statement_descriptor_suffix": asked.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": asked.get("transfer_group"),
        "_session": session["id"],
        "_email": email,
    }
    books.put("payment_intent", intent)
    emit(books, "payment_intent.created", intent)
    return intent
