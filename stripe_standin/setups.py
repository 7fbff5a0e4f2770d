"""Setup intents: a card is proven and kept with a customer, nothing is paid."""

from __future__ import annotations

from stripe_standin import payment_methods
from stripe_standin.books import Books, shown
from stripe_standin.cards import CARDS, DECLINES
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.params import Params, choice, group, metadata, only, text, truth
from stripe_standin.store import Object, new_id

KNOWN = {
    "automatic_payment_methods", "confirm", "customer", "description", "expand", "metadata", "payment_method",
    "payment_method_types", "return_url", "usage",
}  # fmt: skip
ACTION = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}


def make(books: Books, *, customer: str | None, asked: Object, usage: str = "off_session") -> Object:
    """asked: description and metadata. `setup_intent.created` tells it."""
    setup_id = new_id("seti")
    setup = books.put(
        "setup_intent",
        {
            "id": setup_id,
            "object": "setup_intent",
            "application": None,
            "automatic_payment_methods": None,
            "cancellation_reason": None,
            "client_secret": new_id(f"{setup_id}_secret"),
            "created": books.now,
            "customer": customer,
            "customer_account": None,
            "description": asked.get("description"),
            "flow_directions": None,
            "last_setup_error": None,
            "latest_attempt": None,
            "livemode": False,
            "mandate": None,
            "metadata": asked.get("metadata", {}),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
            "payment_method_types": ["card"],
            "single_use_mandate": None,
            "status": "requires_payment_method",
            "usage": usage,
        },
    )
    emit(books, "setup_intent.created", setup)
    return setup


def create(books: Books, params: Params) -> Object:
    """POST /v1/setup_intents."""
    only(params, KNOWN)
    only(
        group(params, "automatic_payment_methods"),
        {"enabled", "allow_redirects"},
        under="automatic_payment_methods",
    )
    if params.get("payment_method_types", ["card"]) != ["card"]:
        raise ApiError("The stand-in sets up card alone.", param="payment_method_types")
    customer = text(params, "customer")
    if customer:
        books.need("customer", customer, param="customer")
    usage = choice(params, "usage", ("off_session", "on_session"), "off_session") or "off_session"
    asked = {"description": text(params, "description"), "metadata": metadata(params)}
    setup = make(books, customer=customer, asked=asked, usage=usage)
    if method_id := text(params, "payment_method"):
        setup.update(payment_method=method_id, status="requires_confirmation")
        books.put("setup_intent", setup)
    return _try(books, setup) if truth(params, "confirm") else setup


def confirm(books: Books, setup_id: str, params: Params) -> Object:
    only(params, {"expand", "payment_method", "return_url"})
    setup = books.need("setup_intent", setup_id, param="intent")
    if method_id := text(params, "payment_method"):
        setup["payment_method"] = method_id
    return _try(books, setup)


def _try(books: Books, setup: Object) -> Object:
    if setup["status"] == "succeeded" or not setup["payment_method"]:
        message = f"This SetupIntent's status is {setup['status']}; it cannot be confirmed."
        raise ApiError(message, code="setup_intent_unexpected_state")
    method = payment_methods.known(books, setup["payment_method"])
    card = CARDS[method["_card"]]
    if card.decline:
        return refuse(books, setup, method, reason=card.decline)
    if card.asks_3ds:
        return ask(books, setup, method)
    return succeed(books, setup, method)


def ask(books: Books, setup: Object, method: Object) -> Object:
    setup.update(status="requires_action", next_action=ACTION, payment_method=method["id"])
    books.put("setup_intent", setup)
    emit(books, "setup_intent.requires_action", setup)
    return setup


def refuse(books: Books, setup: Object, method: Object, *, reason: str) -> Object:
    code, message = DECLINES[reason]
    error: Object = {"code": code, "message": message, "type": "card_error", "payment_method": shown(method)}
    if reason != "authentication":
        error["decline_code"] = reason
    setup.update(
        status="requires_payment_method", next_action=None, payment_method=None, last_setup_error=error
    )
    books.put("setup_intent", setup)
    emit(books, "setup_intent.setup_failed", setup)
    return setup


def succeed(books: Books, setup: Object, method: Object) -> Object:
    """The card is kept with the customer, if there is one."""
    if setup["customer"]:
        method = payment_methods.keep(books, method, setup["customer"])
    setup.update(status="succeeded", next_action=None, last_setup_error=None, payment_method=method["id"])
    books.put("setup_intent", setup)
    emit(books, "setup_intent.succeeded", setup)
    return setup


def refusal_of(setup: Object) -> ApiError | None:
    """402 for a setup that was just declined."""
    error = setup["last_setup_error"]
    if setup["status"] != "requires_payment_method" or not error:
        return None
    refusal = ApiError(error["message"], status=402, kind="card_error", code=error["code"])
    refusal.fields.update(decline_code=error.get("decline_code"), setup_intent=shown(setup))
    return refusal
