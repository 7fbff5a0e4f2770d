"""What we rely on at Stripe: monthly gifts, their invoices and their portal."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.stripe_standin.conftest import refusal, session_for
from tests.stripe_standin.running import Standin
from tests.stripe_standin.test_subscriptions import monthly, started


def test_a_monthly_page_is_made_and_says_so(either: Any) -> None:
    price = {**session_for()["line_items"][0]["price_data"], "recurring": {"interval": "month"}}
    asked = {name: value for name, value in session_for().items() if name != "payment_intent_data"}
    asked.update(mode="subscription", line_items=[{"quantity": 1, "price_data": price}])

    made = either.v1.checkout.sessions.create({**asked, "subscription_data": {"metadata": {"pledge": "1"}}})
    crossed = refusal(lambda: either.v1.checkout.sessions.create({**asked, "mode": "payment"}))

    assert (made.mode, made.status, made.subscription, made.invoice) == ("subscription", "open", None, None)
    assert crossed.http_status == 400


def test_a_monthly_page_names_no_subscription_before_it_is_paid(either: Any) -> None:
    """What donations/stripe_gateway/monthly.py sends, with 3-D Secure as the shield asks for it."""
    guarded = {"card": {"request_three_d_secure": "any"}}
    asked = monthly(3_000, customer_email="donor@example.jp", payment_method_options=guarded, locale="ja")

    made = either.v1.checkout.sessions.create({**asked, "payment_method_types": ["card"]})

    found = either.v1.checkout.sessions.retrieve(made.id)
    assert (found.mode, found.status, found.subscription, found.payment_intent) == (
        "subscription",
        "open",
        None,
        None,
    )
    assert (found.amount_total, found.currency) == (3_000, "jpy") and found.url
    assert either.v1.checkout.sessions.expire(made.id).status == "expired"


@pytest.mark.parametrize("name", ["payment_intent_data", "no_such_thing"])
def test_a_monthly_page_takes_no_payment_data(either: Any, name: str) -> None:
    said = refusal(lambda: either.v1.checkout.sessions.create(monthly(**{name: {"metadata": {"a": "b"}}})))

    assert isinstance(said, stripe.InvalidRequestError) and said.http_status == 400


def test_what_is_read_of_a_month_stands_where_the_product_reads_it(standin: Standin, client: Any) -> None:
    subscription = started(standin, client)
    standin.settled()

    found = client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    item, latest = found["items"].data[0], found.latest_invoice
    assert (found.status, found.cancel_at, found.cancellation_details.reason) == ("active", None, None)
    assert (item.price.unit_amount, item.quantity, found.currency) == (3_000, 1, "jpy")
    assert item.current_period_end > found.created and item.price.product
    assert (latest.status, latest.amount_paid, latest.currency, latest.next_payment_attempt) == (
        "paid",
        3_000,
        "jpy",
        None,
    )
    paid_ones = client.v1.invoices.list({"subscription": found.id, "status": "paid", "limit": 100}).data
    assert [one.id for one in paid_ones] == [latest.id]
    wanted: Any = {"invoice": latest.id, "expand": ["data.payment.payment_intent"]}
    (payment,) = client.v1.invoice_payments.list(wanted).data
    intent = payment.payment.payment_intent
    charge = client.v1.charges.retrieve(intent.latest_charge, {"expand": ["balance_transaction"]})
    assert (payment.status, charge.balance_transaction.fee, charge.payment_intent) == ("paid", 108, intent.id)
    assert "pledge" not in intent.metadata  # so the way back is over the invoice
    back: Any = {"payment": {"type": "payment_intent", "payment_intent": intent.id}}
    (named,) = client.v1.invoice_payments.list(back).data
    invoice = client.v1.invoices.retrieve(named.invoice)
    assert invoice.billing_reason == "subscription_create"
    assert invoice.parent.subscription_details.metadata["pledge"] == "pledge-1"


def test_another_card_leads_home_when_the_page_was_asked_to(standin: Standin, client: Any) -> None:
    subscription = started(standin, client)
    home = "http://127.0.0.1:8000/my/monthly/1/"
    flow: Any = {
        "type": "payment_method_update",
        "after_completion": {"type": "redirect", "redirect": {"return_url": home}},
    }
    asked: Any = {"customer": subscription.customer, "return_url": home, "flow_data": flow, "locale": "ja"}
    made = client.v1.billing_portal.sessions.create(asked)
    card = standin.ask("GET", made.url).location
    policy = standin.ask("GET", card).headers["content-security-policy"]
    assert "form-action 'self' http://127.0.0.1:8000" in policy  # a browser holds the way home to it

    saved = standin.post_form(card, {"card": "4242424242424242", "expiry": "12 / 40", "cvc": "123"})

    assert (saved.status, saved.location) == (303, home)
    after = client.v1.subscriptions.retrieve(subscription.id)
    assert after.default_payment_method != subscription.default_payment_method
