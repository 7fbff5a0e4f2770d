"""Charging a card that was kept, without its owner: renewals, and payment intents of the product."""

from __future__ import annotations

from stripe_standin import charges, intents, payment_methods
from stripe_standin.books import Books, shown
from stripe_standin.cards import CARDS
from stripe_standin.errors import ApiError
from stripe_standin.params import Params, choice, group, integer, metadata, only, required, text, truth
from stripe_standin.session_items import LEAST_YEN, MOST_YEN
from stripe_standin.store import Object

KNOWN = {
    "amount", "automatic_payment_methods", "confirm", "currency", "customer", "description",
    "error_on_requires_action", "expand", "metadata", "off_session", "payment_method",
    "payment_method_types", "receipt_email", "return_url", "setup_future_usage", "statement_descriptor",
    "statement_descriptor_suffix", "transfer_group",
}  # fmt: skip


def charge(books: Books, intent: Object, method: Object, *, is_present: bool = False) -> Object:
    """Try it. Returns the intent: succeeded, or requires_payment_method with last_payment_error."""
    card = CARDS[method["_card"]]
    reason = card.decline or ("generic_decline" if card.fails_later and not is_present else None)
    if reason is None and card.asks_3ds and not (method["_set_up"] or is_present):
        reason = "authentication_required"
    if reason:
        failed = charges.failed(books, intent, method=method, reason=reason)
        return intents.decline(books, intent, failed, reason=reason)
    return intents.succeed(books, intent, charges.succeeded(books, intent, method=method))


def create(books: Books, params: Params) -> Object:
    """POST /v1/payment_intents: with a kept card, confirmed at once or later.

    Raises ApiError for parameters alone; a declined card is written first: see refusal_of().
    """
    only(params, KNOWN)
    if required(params, "currency").lower() != "jpy":
        raise ApiError("The stand-in's accounts are in Japan and take jpy.", param="currency")
    amount_yen = _amount_yen(params)
    customer = text(params, "customer")
    if customer:
        books.need("customer", customer, param="customer")
    only(
        group(params, "automatic_payment_methods"),
        {"enabled", "allow_redirects"},
        under="automatic_payment_methods",
    )
    kinds = params.get("payment_method_types") or ["card"]
    if kinds != ["card"]:
        raise ApiError("The stand-in makes payment intents for card alone.", param="payment_method_types")
    method_id = text(params, "payment_method")
    if method_id:
        _may_use(payment_methods.known(books, method_id), customer)
    names = (
        "description",
        "receipt_email",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_group",
    )
    asked: Object = {name: text(params, name) for name in names}
    usage = choice(params, "setup_future_usage", ("off_session", "on_session"), None)
    asked.update(metadata=metadata(params), setup_future_usage=usage)
    intent = intents.create(books, amount_yen=amount_yen, customer=customer, kinds=["card"], asked=asked)
    if method_id:
        intent.update(payment_method=method_id, status="requires_confirmation")
        books.put("payment_intent", intent)
    return _confirm(books, intent, params) if truth(params, "confirm") else intent


def confirm(books: Books, intent_id: str, params: Params) -> Object:
    only(params, {"error_on_requires_action", "expand", "off_session", "payment_method", "return_url"})
    intent = books.need("payment_intent", intent_id, param="intent")
    if intent["status"] not in ("requires_confirmation", "requires_payment_method"):
        message = f"This PaymentIntent's status is {intent['status']}; it cannot be confirmed."
        raise ApiError(message, code="payment_intent_unexpected_state")
    if method_id := text(params, "payment_method"):
        intent["payment_method"] = method_id
    return _confirm(books, intent, params)


def refusal_of(books: Books, intent: Object) -> ApiError | None:
    """402 for an intent whose confirmation was just declined. The intent and its charge stay written."""
    error = intent["last_payment_error"]
    if intent["status"] != "requires_payment_method" or not error:
        return None
    more = {name: value for name, value in error.items() if name not in ("type", "code", "message")}
    refusal = ApiError(error["message"], status=402, kind="card_error", code=error["code"])
    refusal.fields.update(more, payment_intent=shown(intent))
    return refusal


def _confirm(books: Books, intent: Object, params: Params) -> Object:
    if not intent["payment_method"]:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise ApiError(message, code="payment_intent_unexpected_state")
    method = payment_methods.known(books, intent["payment_method"])
    _may_use(method, intent["customer"])
    off = params.get("off_session", "false") not in ("false", "")
    if not off and CARDS[method["_card"]].asks_3ds:
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
        return intents.ask(books, intent, action=action, method=method)
    intent = charge(books, intent, method)
    if intent["status"] == "succeeded" and intent["setup_future_usage"] and intent["customer"]:
        payment_methods.keep(books, method, intent["customer"])
    return intent


def _may_use(method: Object, customer: str | None) -> None:
    if method.get("_detached"):
        message = (
            "The provided PaymentMethod was previously used without being attached to a Customer or was "
            "detached from a Customer, and may not be used again."
        )
        raise ApiError(message, param="payment_method")
    if method["customer"] and method["customer"] != customer:
        message = (
            f"The provided PaymentMethod ({method['id']}) belongs to the customer {method['customer']}. "
            "Please include the Customer in the `customer` parameter on the PaymentIntent."
        )
        raise ApiError(message, param="payment_method")


def _amount_yen(params: Params) -> int:
    amount_yen = integer(required(params, "amount"), "amount")
    if amount_yen < LEAST_YEN:
        raise ApiError(f"Amount must be at least ¥{LEAST_YEN} jpy", code="amount_too_small", param="amount")
    if amount_yen > MOST_YEN:
        raise ApiError(
            f"Amount must be no more than ¥{MOST_YEN:,} jpy", code="amount_too_large", param="amount"
        )
    return amount_yen
