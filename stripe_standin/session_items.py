"""The lines of a checkout session: what is paid for, in whole yen, within Stripe's limits for JPY."""

from __future__ import annotations

from stripe_standin import prices
from stripe_standin.errors import ApiError
from stripe_standin.params import Params, group, integer, only, required, text
from stripe_standin.store import Object, new_id

LEAST_YEN, MOST_YEN = 50, 99_999_999


def line_items(params: Params, *, mode: str) -> list[Object]:
    """The lines of one mode: a subscription has one, every month; a card is set up without any."""
    asked = params.get("line_items") or []
    if mode == "setup":
        if asked:
            raise ApiError("`line_items` cannot be passed in `setup` mode.", param="line_items")
        return []
    if not isinstance(asked, list) or not asked:
        raise ApiError("Missing required param: line_items.", code="parameter_missing", param="line_items")
    lines = [_line(item, f"line_items[{place}]") for place, item in enumerate(asked)]
    recurring = [line["price"]["recurring"] is not None for line in lines]
    if mode == "payment" and any(recurring):
        message = "You specified `payment` mode but passed a recurring price. Switch to `subscription` mode."
        raise ApiError(message, param="line_items")
    if mode == "subscription" and recurring != [True]:
        message = "The stand-in's subscriptions have one line, with a recurring price."
        raise ApiError(message, param="line_items")
    return lines


def total_yen(items: list[Object]) -> int:
    """The sum of the lines. Raises ApiError outside 50 to 99,999,999 yen."""
    total = sum(item["amount_total"] for item in items)
    if total < LEAST_YEN:
        message = f"The Checkout Session's total amount due must add up to at least ¥{LEAST_YEN} jpy"
        raise ApiError(message, code="amount_too_small")
    if total > MOST_YEN:
        message = f"The Checkout Session's total amount due must be no more than ¥{MOST_YEN:,} jpy"
        raise ApiError(message, code="amount_too_large")
    return int(total)


def _line(item: Params, place: str) -> Object:
    if not isinstance(item, dict):
        raise ApiError(f"Invalid object: {place}", param=place)
    only(item, {"price_data", "quantity"}, under=place)
    price = group(item, "price_data")
    only(
        price,
        {"currency", "product_data", "recurring", "unit_amount", "tax_behavior"},
        under=f"{place}[price_data]",
    )
    product = group(price, "product_data")
    only(product, {"name", "description", "images", "metadata"}, under=f"{place}[price_data][product_data]")
    currency = required(price, "currency", called=f"{place}[price_data][currency]")
    if currency.lower() != "jpy":
        message = f"The stand-in's accounts are in Japan and take jpy, not {currency}."
        raise ApiError(message, param=f"{place}[price_data][currency]")
    unit_yen = integer(price.get("unit_amount"), f"{place}[price_data][unit_amount]")
    quantity = integer(item.get("quantity", "1"), f"{place}[quantity]")
    if unit_yen < 0 or quantity < 1:
        message = f"Invalid non-negative integer: {place}"
        raise ApiError(message, code="parameter_invalid_integer", param=place)
    recurring = prices.monthly(price, under=f"{place}[price_data]")
    name = required(product, "name", called=f"{place}[price_data][product_data][name]")
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": unit_yen * quantity,
        "amount_tax": 0,
        "amount_total": unit_yen * quantity,
        "currency": "jpy",
        "description": name,
        "price": prices.row(unit_yen, new_id("prod", length=14), recurring),
        "quantity": quantity,
        "_details": text(product, "description"),
    }
