"""Checkout sessions: create, expire, and the end a payment gives them."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from stripe_standin import session_items, session_methods, setups
from stripe_standin.books import Books
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.params import Params, choice, group, integer, metadata, only, required, text
from stripe_standin.store import Object

SHORTEST_SECONDS, LONGEST_SECONDS = 30 * 60, 24 * 60 * 60
UI_MODES = ("elements", "embedded_page", "form", "hosted_page")
MODES = ("payment", "setup", "subscription")
LOCALES = ("auto", "ja", "en", "en-GB")
SUBMIT_TYPES = ("auto", "book", "donate", "pay", "subscribe")
KNOWN = {
    "billing_address_collection", "branding_settings", "cancel_url", "client_reference_id", "currency",
    "custom_text", "customer", "customer_creation", "customer_email", "expand", "expires_at", "line_items",
    "locale", "metadata", "mode", "origin_context", "payment_intent_data", "payment_method_options",
    "payment_method_types", "setup_intent_data", "submit_type", "subscription_data", "success_url", "ui_mode", "integration_identifier",
}  # fmt: skip
INTENT_DATA = {
    "capture_method", "description", "metadata", "receipt_email", "setup_future_usage", "statement_descriptor",
    "statement_descriptor_suffix", "transfer_group",
}  # fmt: skip


def create(books: Books, params: Params, *, base_url: str) -> Object:
    """One hosted page: for one payment, for a monthly one, or to keep a card.

    A payment intent or a subscription comes into being when someone pays; a setup intent is there at once.
    """
    only(params, KNOWN)
    mode = _mode(params)
    items = session_items.line_items(params, mode=mode)
    total_yen = session_items.total_yen(items) if items else None
    customer = _customer(books, params)
    types = session_methods.method_types(params, mode=mode, total_yen=total_yen, customer=customer)
    options = session_methods.options(params, types)
    session_id = "cs_test_" + secrets.token_urlsafe(60).translate({ord("-"): "a", ord("_"): "b"})[:58]
    row: Object = {
        "id": session_id,
        "object": "checkout.session",
        "amount_subtotal": total_yen,
        "amount_total": total_yen,
        "cancel_url": _address(params, "cancel_url", must=False),
        "client_reference_id": text(params, "client_reference_id", longest=200),
        "created": books.now,
        "currency": _currency(params),
        "customer": customer,
        "customer_creation": _customer_creation(params, mode=mode, customer=customer),
        "customer_email": _email(params),
        "expires_at": _expires_at(books, params),
        "locale": choice(params, "locale", LOCALES, None),
        "metadata": metadata(params),
        "payment_method_options": options,
        "payment_method_types": types,
        "submit_type": choice(params, "submit_type", SUBMIT_TYPES, None),
        "success_url": _address(params, "success_url", must=True),
        "url": f"{base_url}/c/pay/{session_id}",
        "branding_settings": group(params, "branding_settings"),
        "custom_text": _custom_text(params),
        **_defaults(mode),
        "_line_items": items,
        "_intent_data": _intent_data(params, mode=mode),
        "_subscription_data": _data_of("subscription", params, mode=mode),
        "_asks_3ds": options.get("card", {}).get("request_three_d_secure", "automatic") != "automatic",
        "_base_url": base_url,
        "_declines": 0,
        "_challenge": None,
    }
    setup_data = _data_of("setup_intent", params, mode=mode, needs="setup")
    if mode == "setup":
        row["setup_intent"] = setups.make(books, customer=customer, asked=setup_data)["id"]
    return books.put("checkout.session", row)


def expire(books: Books, session_id: str) -> Object:
    """Close an open session. Raises ApiError for one that is paid or closed already."""
    row = books.need("checkout.session", session_id)
    if row["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of {row['status']}."
        )
        raise ApiError(message)
    row.update(status="expired", url=None, _challenge=None)
    books.put("checkout.session", row)
    emit(books, "checkout.session.expired", row)
    return row


def expire_due(books: Books) -> None:
    """Close every open session whose time is over; the clockwork and each call ask for it."""
    for row in books.due("checkout.session"):
        expire(books, row["id"])


def line_items(books: Books, session_id: str) -> list[Object]:
    items: list[Object] = books.need("checkout.session", session_id)["_line_items"]
    return items


def _mode(params: Params) -> str:
    ui_mode = choice(params, "ui_mode", UI_MODES, "hosted_page")
    mode = choice({"mode": required(params, "mode")}, "mode", MODES, None)
    if ui_mode != "hosted_page":
        raise ApiError(f"The stand-in serves ui_mode=hosted_page, not {ui_mode}.", param="ui_mode")
    return str(mode)


def _customer(books: Books, params: Params) -> str | None:
    customer = text(params, "customer")
    if customer:
        books.need("customer", customer, param="customer")
    if customer and text(params, "customer_email"):
        message = "You may only specify one of these parameters: customer, customer_email."
        raise ApiError(message, param="customer_email")
    return customer


def _customer_creation(params: Params, *, mode: str, customer: str | None) -> str | None:
    """A subscription always makes a customer, so that the parameter is not taken there."""
    asked = choice(params, "customer_creation", ("always", "if_required"), None)
    if asked and (mode == "subscription" or customer):
        message = "`customer_creation` can only be used in `payment` and `setup` mode, without a `customer`."
        raise ApiError(message, param="customer_creation")
    if customer:
        return None
    return "always" if mode == "subscription" else asked or "if_required"


def _currency(params: Params) -> str:
    currency = (text(params, "currency") or "jpy").lower()
    if currency != "jpy":
        raise ApiError("The stand-in's accounts are in Japan and take jpy.", param="currency")
    return currency


def _defaults(mode: str) -> dict[str, Any]:
    """What every new session says at the pinned API version."""
    return {
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "currency_conversion": None,
        "custom_fields": [],
        "customer_details": None,
        "discounts": [],
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "mode": mode,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "always" if mode == "subscription" else "if_required",
        "payment_status": "no_payment_required" if mode == "setup" else "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "return_url": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "subscription": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "wallet_options": None,
    }


def _address(params: Params, name: str, *, must: bool) -> str | None:
    value = required(params, name) if must else text(params, name)
    if value is None:
        return None
    if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc:
        message = f"Invalid URL: An explicit scheme (such as https) must be provided. Passed value: {value}"
        raise ApiError(message, code="url_invalid", param=name)
    return value


def _email(params: Params) -> str | None:
    value = text(params, "customer_email", longest=512)
    if value is not None and ("@" not in value or value != value.strip()):
        raise ApiError(f"Invalid email address: {value}", code="email_invalid", param="customer_email")
    return value


def _expires_at(books: Books, params: Params) -> int:
    if "expires_at" not in params:
        return books.now + LONGEST_SECONDS
    value = integer(params["expires_at"], "expires_at")
    if value < books.now + SHORTEST_SECONDS:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise ApiError(message, param="expires_at")
    if value > books.now + LONGEST_SECONDS:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise ApiError(message, param="expires_at")
    return value


def _intent_data(params: Params, *, mode: str) -> Object:
    asked = group(params, "payment_intent_data")
    if asked and mode != "payment":
        message = f"You can not pass `payment_intent_data` in `{mode}` mode."
        raise ApiError(message, param="payment_intent_data")
    only(asked, INTENT_DATA, under="payment_intent_data")
    choice(asked, "capture_method", ("automatic", "automatic_async"), None)
    choice(asked, "setup_future_usage", ("off_session", "on_session"), None)
    return {**asked, "metadata": metadata(asked)}


def _data_of(noun: str, params: Params, *, mode: str, needs: str = "subscription") -> Object:
    """subscription_data or setup_intent_data: description and metadata of what the session makes."""
    name = f"{noun}_data"
    asked = group(params, name)
    if asked and mode != needs:
        raise ApiError(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    only(asked, {"description", "metadata"}, under=name)
    return {"description": text(asked, "description"), "metadata": metadata(asked)}


def _custom_text(params: Params) -> Object:
    asked = group(params, "custom_text")
    only(asked, {"submit"}, under="custom_text")
    message = text(group(asked, "submit"), "message", longest=1_200)
    return {"submit": {"message": message} if message else None}


def wants_customer(row: Object) -> bool:
    """A paid session without a customer makes one when it was asked to, or when it keeps the card."""
    keeps = row["_intent_data"].get("setup_future_usage") is not None
    return row["customer"] is None and (row["customer_creation"] == "always" or keeps)
