"""Products and prices: what a monthly gift is called, and how much it is."""

from __future__ import annotations

from stripe_standin.books import Books
from stripe_standin.errors import ApiError
from stripe_standin.params import Params, group, integer, metadata, only, required, text
from stripe_standin.store import Object, new_id


def product(books: Books, *, name: str, product_id: str | None = None, about: Object | None = None) -> Object:
    return books.put(
        "product",
        {
            "id": product_id or new_id("prod", length=14),
            "object": "product",
            "active": True,
            "created": books.now,
            "default_price": None,
            "description": (about or {}).get("description"),
            "images": [],
            "livemode": False,
            "marketing_features": [],
            "metadata": (about or {}).get("metadata", {}),
            "name": name,
            "package_dimensions": None,
            "shippable": None,
            "statement_descriptor": None,
            "tax_code": None,
            "type": "service",
            "unit_label": None,
            "updated": books.now,
            "url": None,
        },
    )


def create_product(books: Books, params: Params) -> Object:
    """POST /v1/products."""
    only(params, {"description", "expand", "metadata", "name"})
    about = {"description": text(params, "description"), "metadata": metadata(params)}
    return product(books, name=required(params, "name"), about=about)


def keep(books: Books, price: Object, *, name: str) -> Object:
    """Keep a session's own price, and the product it made on the way."""
    if not books.find("product", price["product"]):
        product(books, name=name, product_id=price["product"])
    return books.put("price", {**price, "created": books.now})


def create(books: Books, asked: Params, *, under: str) -> Object:
    """A monthly price from price_data of an update. Raises ApiError for any other interval."""
    only(asked, {"currency", "product", "recurring", "tax_behavior", "unit_amount"}, under=under)
    if required(asked, "currency", called=f"{under}[currency]").lower() != "jpy":
        raise ApiError("The stand-in's accounts are in Japan and take jpy.", param=f"{under}[currency]")
    product_id = required(asked, "product", called=f"{under}[product]")
    books.need("product", product_id, param=f"{under}[product]")
    recurring = monthly(asked, under=under)
    if recurring is None:
        message = f"Missing required param: {under}[recurring]."
        raise ApiError(message, code="parameter_missing", param=f"{under}[recurring]")
    unit_yen = integer(asked.get("unit_amount"), f"{under}[unit_amount]")
    return books.put("price", {**row(unit_yen, product_id, recurring), "created": books.now})


def row(unit_yen: int, product_id: str, recurring: Object | None) -> Object:
    return {
        "id": new_id("price"),
        "object": "price",
        "active": recurring is not None,
        "billing_scheme": "per_unit",
        "created": 0,
        "currency": "jpy",
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product_id,
        "recurring": recurring,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": unit_yen,
        "unit_amount_decimal": str(unit_yen),
    }


def monthly(price: Params, *, under: str) -> Object | None:
    """The checked `recurring` of a price; None when the price is paid once."""
    if "recurring" not in price:
        return None
    asked = group(price, "recurring")
    only(asked, {"interval", "interval_count"}, under=f"{under}[recurring]")
    if asked.get("interval") != "month" or asked.get("interval_count", "1") != "1":
        message = "The stand-in's subscriptions are paid every month: interval=month."
        raise ApiError(message, param=f"{under}[recurring][interval]")
    return {
        "interval": "month",
        "interval_count": 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def plan(price: Object) -> Object:
    """The older name of a price, still on every subscription item."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": True,
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": "jpy",
        "interval": "month",
        "interval_count": 1,
        "livemode": False,
        "metadata": {},
        "meter": None,
        "nickname": None,
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
