"""Billing portal sessions: a page where a monthly donor changes the card or ends the gift."""

from __future__ import annotations

from stripe_standin import payment_methods, subscriptions
from stripe_standin.books import Books
from stripe_standin.cards import Card
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.params import Params, choice, group, only, required, text
from stripe_standin.sessions import LOCALES
from stripe_standin.store import Object, new_id

KIND = "billing_portal.session"
FLOWS = ("payment_method_update", "subscription_cancel")


def create(books: Books, params: Params, *, base_url: str) -> Object:
    """POST /v1/billing_portal/sessions. flow_data opens one page of it at once."""
    only(params, {"configuration", "customer", "expand", "flow_data", "locale", "return_url"})
    customer_id = required(params, "customer")
    books.need("customer", customer_id, param="customer")
    session_id = new_id("bps")
    row = books.put(
        KIND,
        {
            "id": session_id,
            "object": KIND,
            "configuration": text(params, "configuration") or "bpc_default",
            "created": books.now,
            "customer": customer_id,
            "customer_account": None,
            "flow": _flow(books, params, customer_id),
            "livemode": False,
            "locale": choice(params, "locale", LOCALES, None),
            "on_behalf_of": None,
            "return_url": text(params, "return_url"),
            "url": f"{base_url}/c/portal/{session_id}",
        },
    )
    emit(books, f"{KIND}.created", row)
    return row


def running(books: Books, customer_id: str) -> list[Object]:
    """The customer's subscriptions that are not over."""
    return [
        row for row in books.having("subscription", "customer", customer_id) if row["status"] != "canceled"
    ]


def change_card(books: Books, customer_id: str, card: Card) -> Object:
    """The new card pays from now on, for every subscription of the customer."""
    customer = books.need("customer", customer_id)
    method = payment_methods.of_card(books, card, email=customer["email"])
    method = payment_methods.keep(books, method, customer_id)
    settings = {**customer["invoice_settings"], "default_payment_method": method["id"]}
    before = {"invoice_settings": customer["invoice_settings"]}
    customer = books.put("customer", {**customer, "invoice_settings": settings})
    emit(books, "customer.updated", customer, previous=before)
    for subscription in running(books, customer_id):
        subscriptions.change(books, subscription, default_payment_method=method["id"])
    return method


def end(books: Books, session: Object, subscription_id: str, *, ends: bool) -> Object:
    """At the end of the paid month; or not after all."""
    subscription = books.need("subscription", subscription_id)
    if subscription["customer"] != session["customer"]:
        raise ApiError(f"No such subscription: '{subscription_id}'", status=404, code="resource_missing")
    return subscriptions.update(books, subscription_id, {"cancel_at_period_end": "true" if ends else "false"})


def _flow(books: Books, params: Params, customer_id: str) -> Object | None:
    asked = group(params, "flow_data")
    if not asked:
        return None
    only(asked, {"after_completion", "subscription_cancel", "type"}, under="flow_data")
    kind = choice(asked, "type", FLOWS, None)
    after = group(asked, "after_completion") or {"type": "portal_homepage"}
    flow: Object = {"type": kind, "after_completion": after, "subscription_cancel": None}
    if kind == "subscription_cancel":
        chosen = group(asked, "subscription_cancel").get("subscription", "")
        row = books.need("subscription", chosen, param="flow_data[subscription_cancel][subscription]")
        if row["customer"] != customer_id:
            raise ApiError(
                f"No such subscription: '{chosen}'", param="flow_data[subscription_cancel][subscription]"
            )
        flow["subscription_cancel"] = {"subscription": chosen, "retention": None}
    return flow
