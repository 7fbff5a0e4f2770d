"""Paying a session at once: by card, with 3-D Secure, or by PayPay; and what the session becomes."""

from __future__ import annotations

from stripe_standin import charges, customers, intents, payment_methods, sessions, setups, subscriptions
from stripe_standin.books import Books
from stripe_standin.cards import Card
from stripe_standin.events import emit
from stripe_standin.store import Object

MOST_DECLINES = 10  # then the session closes: nobody needs an eleventh try
NOT_CONFIRMED = (
    "payment_intent_authentication_failure",
    "The customer did not authorize the payment in PayPay.",
)


def pay(books: Books, session: Object, *, card: Card, email: str, proven: bool = False) -> Object:
    """Try a card. Returns the session: complete, still open (refused), or waiting for 3-D Secure.

    `proven` says that the 3-D Secure page was answered with yes. A session that is not open is
    returned unchanged: a double click pays once.
    """
    if session["status"] != "open":
        return session
    session = {**session, "_challenge": None}
    if (card.asks_3ds or session["_asks_3ds"]) and not proven:
        return _ask(books, session, card=card, email=email)
    if card.decline:
        return _decline(books, session, card=card, email=email, reason=card.decline)
    session = with_customer(books, session, email=email)
    method = payment_methods.of_card(books, card, email=email)
    if session["mode"] == "subscription":
        subscription = subscriptions.start(books, session, method)
        session.update(subscription=subscription["id"], invoice=subscription["latest_invoice"])
    elif session["mode"] == "setup":
        setup = books.need("setup_intent", session["setup_intent"])
        setups.succeed(books, {**setup, "customer": session["customer"]}, method)
    else:
        session = _pay_once(books, session, method)
    return complete(books, session, billed=method["billing_details"], is_paid=True)


def _pay_once(books: Books, session: Object, method: Object) -> Object:
    intent = intents.of_session(books, session)
    intent["customer"] = session["customer"]
    if intent["setup_future_usage"]:
        method = payment_methods.keep(books, method, session["customer"])
    intents.succeed(books, intent, charges.succeeded(books, intent, method=method))
    return {**session, "payment_intent": intent["id"]}


def _ask(books: Books, session: Object, *, card: Card, email: str) -> Object:
    """The bank asks its question. A monthly payment has no object yet that could wait."""
    if session["mode"] == "payment":
        intent = intents.ask(books, intents.of_session(books, session), action=setups.ACTION)
        session["payment_intent"] = intent["id"]
    elif session["mode"] == "setup":
        setup = books.need("setup_intent", session["setup_intent"])
        setups.ask(books, setup, payment_methods.of_card(books, card, email=email))
    return books.put("checkout.session", {**session, "_challenge": {"card": card.number, "email": email}})


def fail_challenge(books: Books, session: Object, *, card: Card) -> Object:
    """The person said no on the 3-D Secure page: nothing is paid and the session stays open."""
    email = session["_challenge"]["email"]
    session = {**session, "_challenge": None}
    return _decline(books, session, card=card, email=email, reason="authentication")


def ask_paypay(books: Books, session: Object, *, email: str, page: str) -> Object:
    """Send the person to PayPay, where they say yes or no."""
    intent = intents.of_session(books, session)
    billed = payment_methods.billing(email=email)
    method = payment_methods.create(books, "paypay", {}, billed=billed)
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": page, "return_url": session["url"]}}
    intents.ask(books, intent, action=action, method=method)
    return books.put(
        "checkout.session",
        {**session, "payment_intent": intent["id"], "_challenge": {"paypay": True, "email": email}},
    )


def answer_paypay(books: Books, session: Object, *, confirmed: bool) -> Object:
    """What the person said in PayPay: the money moves at once, or not at all."""
    intent = books.need("payment_intent", session["payment_intent"])
    session = {**session, "_challenge": None}
    if not confirmed:
        intents.lapse(books, intent, NOT_CONFIRMED, kind="invalid_request_error")
        return books.put("checkout.session", session)
    method = books.need("payment_method", intent["payment_method"])
    session = with_customer(books, session, email=method["billing_details"]["email"])
    intent["customer"] = session["customer"]
    intents.succeed(books, intent, charges.succeeded(books, intent, method=method))
    return complete(books, session, billed=method["billing_details"], is_paid=True)


def with_customer(books: Books, session: Object, *, email: str, name: str | None = None) -> Object:
    """The session with its customer, made now when the session was asked to make one."""
    if not sessions.wants_customer(session):
        return session
    told = {"email": email, **({"name": name} if name else {})}
    return {**session, "customer": customers.create(books, told)["id"]}


def complete(books: Books, session: Object, *, billed: Object, is_paid: bool) -> Object:
    """The payer is done with the page; the money may still be on its way."""
    details = {name: billed[name] for name in ("address", "email", "name", "phone")}
    session.update(
        status="complete",
        payment_status=("paid" if is_paid else "unpaid")
        if session["mode"] != "setup"
        else "no_payment_required",
        url=None,
        customer_details={**details, "tax_exempt": "none", "tax_ids": []},
        _challenge=None,
    )
    books.put("checkout.session", session)
    emit(books, "checkout.session.completed", session)
    return session


def arrived(books: Books, intent: Object) -> Object | None:
    """Money of a completed session came in later. Returns the session, if the intent has one."""
    session = books.find("checkout.session", intent["_session"])
    if session and session["status"] == "complete" and session["payment_status"] == "unpaid":
        session = books.put("checkout.session", {**session, "payment_status": "paid"})
        emit(books, "checkout.session.async_payment_succeeded", session)
    return session


def missed(books: Books, intent: Object) -> Object | None:
    """Money of a completed session will never come."""
    session = books.find("checkout.session", intent["_session"])
    if session and session["status"] == "complete" and session["payment_status"] == "unpaid":
        emit(books, "checkout.session.async_payment_failed", session)
    return session


def _decline(books: Books, session: Object, *, card: Card, email: str, reason: str) -> Object:
    """Written as a failed payment or setup. A monthly payment's failed intent stays off the session."""
    method = payment_methods.of_card(books, card, email=email)
    if session["mode"] == "setup":
        setup = books.need("setup_intent", session["setup_intent"])
        setups.refuse(books, setup, method, reason=reason)
    else:
        intent = intents.of_session(books, session)
        failed = charges.failed(books, intent, method=method, reason=reason)
        intents.decline(books, intent, failed, reason=reason)
        if session["mode"] == "payment":
            session["payment_intent"] = intent["id"]
    session = books.put("checkout.session", {**session, "_declines": session["_declines"] + 1})
    if session["_declines"] >= MOST_DECLINES:
        session = sessions.expire(books, session["id"])
    return session
