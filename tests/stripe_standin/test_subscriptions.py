"""Monthly gifts: started on the hosted page, renewed by the clock, changed and ended."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stripe

from stripe_standin.subscriptions import month_later
from stripe_standin.words import JA
from tests.stripe_standin.conftest import SESSION, client_of
from tests.stripe_standin.receiver import Receiver
from tests.stripe_standin.running import Standin, running_standin

MONTH = 31 * 86_400 + 3_600
FAILS_LATER = "4000000000000341"


def monthly(amount_yen: int = 3_000, **changes: Any) -> Any:
    """The parameters of a monthly gift's page."""
    price: Any = {
        "currency": "jpy",
        "unit_amount": amount_yen,
        "recurring": {"interval": "month"},
        "product_data": {"name": "毎月の寄付"},
    }
    asked = {name: value for name, value in SESSION.items() if name != "payment_intent_data"}
    return {
        **asked,
        "mode": "subscription",
        "line_items": [{"quantity": 1, "price_data": price}],
        "subscription_data": {"metadata": {"pledge": "pledge-1"}},
        **changes,
    }


def started(standin: Standin, client: Any, *, card: str = "4242424242424242", **changes: Any) -> Any:
    """Returns the subscription of a page that was just paid."""
    made = client.v1.checkout.sessions.create(monthly(**changes))
    assert standin.pay(made.url, card=card).status == 303
    return client.v1.subscriptions.retrieve(client.v1.checkout.sessions.retrieve(made.id).subscription)


def invoices_of(client: Any, subscription: Any) -> Any:
    """Newest first, each with its payments."""
    return client.v1.invoices.list({"subscription": subscription.id, "expand": ["data.payments"]}).data


def test_the_page_starts_a_subscription_with_its_first_month_paid(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    made = client.v1.checkout.sessions.create(monthly())
    page = standin.ask("GET", made.url).text
    standin.pay(made.url)
    standin.settled()

    assert JA["amount_monthly"] in page and "毎月3,000円の支払いを始める" in page
    session: Any = client.v1.checkout.sessions.retrieve(
        made.id, {"expand": ["subscription", "invoice.payments"]}
    )
    assert (session.status, session.payment_status, session.payment_intent) == ("complete", "paid", None)
    subscription, invoice = session.subscription, session.invoice
    assert (subscription.status, subscription.customer) == ("active", session.customer)
    assert subscription.metadata["pledge"] == "pledge-1" and subscription.latest_invoice == invoice.id
    item = subscription["items"].data[0]
    assert (item.price.unit_amount, item.price.recurring.interval) == (3_000, "month")
    assert item.current_period_end == month_later(item.current_period_start, 1)
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == (
        "paid",
        3_000,
        "subscription_create",
    )
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert "charge" not in invoice and "payment_intent" not in invoice
    intent_id = invoice.payments.data[0].payment.payment_intent
    charge = client.v1.charges.list({"payment_intent": intent_id}).data[0]
    assert (charge.amount, charge.customer, charge.paid) == (3_000, session.customer, True)
    assert receiver.types() == [
        "customer.created",
        "payment_method.attached",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.subscription.updated",
        "checkout.session.completed",
        "charge.updated",
    ]


def test_a_month_later_the_card_is_charged_again(standin: Standin, client: Any, receiver: Receiver) -> None:
    subscription = started(standin, client)
    standin.settled()
    before = len(receiver.bodies)

    standin.control("advance", {"seconds": MONTH})
    standin.settled()

    renewed, first = invoices_of(client, subscription)
    assert (renewed.status, renewed.billing_reason) == ("paid", "subscription_cycle")
    line = renewed.lines.data[0]
    assert line.period.start == first.lines.data[0].period.end == renewed.created
    after = client.v1.subscriptions.retrieve(subscription.id)
    assert after["items"].data[0].current_period_start == line.period.start
    assert after.latest_invoice == renewed.id and after.status == "active"
    types = receiver.types()[before:]
    assert types[0] == "invoice.created" and "invoice.paid" in types
    told = next(
        event
        for event in receiver.events()
        if event.type == "invoice.paid" and event.data.object["id"] == renewed.id
    )
    assert told.data.object["parent"]["subscription_details"]["metadata"]["pledge"] == "pledge-1"


def test_payments_of_an_invoice_lead_to_charge_and_fee(standin: Standin, client: Any) -> None:
    subscription = started(standin, client)
    standin.settled()

    wanted: Any = {
        "invoice": subscription.latest_invoice,
        "expand": ["data.payment.payment_intent.latest_charge"],
    }
    paid = client.v1.invoice_payments.list(wanted).data[0]
    intent = paid.payment.payment_intent
    assert (paid.status, paid.amount_paid, intent.latest_charge.status) == ("paid", 3_000, "succeeded")
    booked = client.v1.balance_transactions.retrieve(intent.latest_charge.balance_transaction)
    assert (booked.fee, booked.net) == (108, 2_892)
    back: Any = {"payment": {"type": "payment_intent", "payment_intent": intent.id}}
    assert client.v1.invoice_payments.list(back).data[0].invoice == subscription.latest_invoice


def test_half_a_year_at_once_makes_each_month(standin: Standin, client: Any) -> None:
    subscription = started(standin, client)

    standin.control("advance", {"seconds": 6 * MONTH})

    made = invoices_of(client, subscription)
    assert [row.status for row in made] == ["paid"] * 7
    ledger = next(iter(standin.control("ledger")["accounts"].values()))
    assert ledger["charged_yen"] == 21_000 and ledger["agrees"]
    assert {(row["subscription"], row["metadata"]["pledge"]) for row in ledger["payments"]} == {
        (subscription.id, "pledge-1")
    }
    starts = [row.lines.data[0].period.start for row in reversed(made)]
    assert starts == [month_later(starts[0], months) for months in range(7)]
    assert [row.created for row in reversed(made)] == starts


def test_a_card_that_fails_later_makes_it_past_due_and_at_last_ends_it(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    subscription = started(standin, client, card=FAILS_LATER)

    standin.control("advance", {"seconds": MONTH})
    late = client.v1.subscriptions.retrieve(subscription.id)
    failed = invoices_of(client, subscription)[0]
    standin.control("advance", {"seconds": 3 * 86_400})
    again = invoices_of(client, subscription)[0]
    standin.control("advance", {"seconds": 20 * 86_400})
    ended = client.v1.subscriptions.retrieve(subscription.id)
    standin.settled()

    assert (late.status, failed.status, failed.attempt_count) == ("past_due", "open", 1)
    assert failed.next_payment_attempt == failed.created + 3 * 86_400 and again.attempt_count == 2
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    types = receiver.types()
    assert types.count("invoice.payment_failed") == 4 and types.count("customer.subscription.deleted") == 1
    last = client.v1.invoices.retrieve(failed.id)
    assert (last.status, last.next_payment_attempt, last.auto_advance) == ("open", None, False)
    assert len(invoices_of(client, subscription)) == 2
    assert client.v1.subscriptions.list({"customer": subscription.customer}).data == []
    assert len(client.v1.subscriptions.list({"customer": subscription.customer, "status": "all"}).data) == 1


def test_another_card_saves_a_subscription_that_is_past_due(standin: Standin, client: Any) -> None:
    subscription = started(standin, client, card=FAILS_LATER)
    standin.control("advance", {"seconds": MONTH})
    invoice = invoices_of(client, subscription)[0]
    with pytest.raises(stripe.CardError):
        client.v1.invoices.pay(invoice.id)

    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": subscription.customer})
    client.v1.subscriptions.update(subscription.id, {"default_payment_method": card.id})
    paid = client.v1.invoices.pay(invoice.id)

    assert (paid.status, paid.attempt_count) == ("paid", 3)
    assert client.v1.subscriptions.retrieve(subscription.id).status == "active"


def test_a_new_amount_counts_from_the_next_month(standin: Standin, client: Any) -> None:
    subscription = started(standin, client)
    item = subscription["items"].data[0]
    price: Any = {
        "currency": "jpy",
        "product": item.price.product,
        "unit_amount": 5_000,
        "recurring": {"interval": "month"},
    }
    asked: Any = {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"}

    changed = client.v1.subscriptions.update(subscription.id, asked)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.subscriptions.update(subscription.id, {**asked, "proration_behavior": "create_prorations"})
    standin.control("advance", {"seconds": MONTH})

    assert changed["items"].data[0].price.unit_amount == 5_000 and changed["items"].data[0].id == item.id
    assert caught.value.param == "proration_behavior"
    assert [row.amount_paid for row in invoices_of(client, subscription)] == [5_000, 3_000]


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")],
)
def test_a_paused_subscription_takes_no_money(
    standin: Standin, client: Any, behavior: str, status: str
) -> None:
    subscription = started(standin, client)

    paused = client.v1.subscriptions.update(subscription.id, {"pause_collection": {"behavior": behavior}})
    standin.control("advance", {"seconds": MONTH})
    client.v1.subscriptions.update(subscription.id, {"pause_collection": ""})
    standin.control("advance", {"seconds": MONTH})

    assert (paused.status, paused.pause_collection.behavior) == ("active", behavior)
    assert [row.status for row in invoices_of(client, subscription)] == ["paid", status, "paid"]


def test_a_pause_ends_by_itself(standin: Standin, client: Any) -> None:
    subscription = started(standin, client)
    until = subscription["items"].data[0].current_period_end + 86_400

    client.v1.subscriptions.update(
        subscription.id, {"pause_collection": {"behavior": "void", "resumes_at": until}}
    )
    standin.control("advance", {"seconds": 2 * MONTH})

    assert client.v1.subscriptions.retrieve(subscription.id).pause_collection is None
    assert [row.status for row in invoices_of(client, subscription)] == ["paid", "void", "paid"]


def test_an_end_is_announced_taken_back_and_kept(standin: Standin, client: Any, receiver: Receiver) -> None:
    subscription = started(standin, client)

    asked = client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    back = client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
    client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    standin.control("advance", {"seconds": MONTH})
    standin.settled()

    assert asked.status == "active" and asked.cancel_at == subscription["items"].data[0].current_period_end
    assert (back.cancel_at, back.canceled_at) == (None, None)
    after = client.v1.subscriptions.retrieve(subscription.id)
    assert (after.status, after.ended_at) == ("canceled", asked.cancel_at)
    assert len(invoices_of(client, subscription)) == 1
    assert receiver.types().count("customer.subscription.deleted") == 1


def test_a_cancel_ends_it_at_once(standin: Standin, client: Any) -> None:
    subscription = started(standin, client)

    ended = client.v1.subscriptions.cancel(
        subscription.id, {"cancellation_details": {"comment": "引っ越し", "feedback": "other"}}
    )

    assert (ended.status, ended.cancellation_details.feedback) == ("canceled", "other")
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.subscriptions.cancel(subscription.id)


def test_a_declined_first_payment_starts_nothing(standin: Standin, client: Any, receiver: Receiver) -> None:
    made = client.v1.checkout.sessions.create(monthly())

    refused = standin.pay(made.url, card="4000000000000002")
    standin.settled()

    assert refused.status == 422
    assert client.v1.subscriptions.list({"status": "all"}).data == []
    assert receiver.types() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert standin.pay(made.url, card="4000002760003184").status == 303  # and 3-D Secure is asked here too
    assert len(client.v1.subscriptions.list().data) == 1


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"payment_method_types": ["card", "konbini"]}, "payment_method_types"),
        ({"payment_intent_data": {"description": "x"}}, "payment_intent_data"),
        ({"customer_creation": "always"}, "customer_creation"),
        ({"line_items": SESSION["line_items"]}, "line_items"),
        ({"subscription_data": {"trial_period_days": 3}}, "subscription_data[trial_period_days]"),
    ],
)
def test_what_a_monthly_page_cannot_do_is_refused_by_name(client: Any, changes: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.checkout.sessions.create(monthly(**changes))

    assert caught.value.param == param


def test_a_restart_keeps_the_clock_and_the_months(tmp_path: Path) -> None:
    with running_standin(tmp_path) as standin:
        client = client_of(standin)
        subscription = started(standin, client)
        standin.control("advance", {"seconds": MONTH})
        standin.stop(kill=True)
        standin.start()
        standin.control("advance", {"seconds": MONTH})

        assert [row.status for row in invoices_of(client, subscription)] == ["paid"] * 3


def test_the_31st_stays_the_31st() -> None:
    anchor = int(datetime(2027, 1, 31, 3, tzinfo=UTC).timestamp())

    days = [datetime.fromtimestamp(month_later(anchor, months), UTC) for months in range(4)]

    assert [f"{day:%m-%d %H}" for day in days] == ["01-31 03", "02-28 03", "03-31 03", "04-30 03"]
