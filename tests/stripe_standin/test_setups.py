"""A card is kept now and charged when the conditions are met, without its owner."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from stripe_standin.words import JA
from tests.stripe_standin.conftest import SESSION, session_for
from tests.stripe_standin.receiver import Receiver
from tests.stripe_standin.running import Standin


def setup_page(client: Any, **changes: Any) -> Any:
    left_out = ("line_items", "payment_intent_data")
    asked = {name: value for name, value in SESSION.items() if name not in left_out}
    asked.update(
        mode="setup", currency="jpy", setup_intent_data={"metadata": {"pledge": "pledge-1"}}, **changes
    )
    if "customer" not in asked and "customer_creation" not in asked:
        asked["customer"] = client.v1.customers.create({"email": "donor@example.jp"}).id
    return client.v1.checkout.sessions.create(asked)


def kept(standin: Standin, client: Any, card: str = "4242424242424242", **changes: Any) -> Any:
    """Returns the session of a kept card, its setup intent expanded."""
    made = setup_page(client, **changes)
    assert standin.pay(made.url, card=card).status == 303
    return client.v1.checkout.sessions.retrieve(made.id, {"expand": ["setup_intent"]})


def charge(client: Any, session: Any, amount_yen: int = 8_000, key: str = "pledge:1") -> Any:
    asked: Any = {
        "amount": amount_yen,
        "currency": "jpy",
        "customer": session.customer,
        "payment_method": session.setup_intent.payment_method,
        "off_session": True,
        "confirm": True,
        "metadata": {"pledge": "pledge-1"},
    }
    return client.v1.payment_intents.create(asked, {"idempotency_key": key})


def test_the_page_keeps_a_card_and_takes_nothing(standin: Standin, client: Any, receiver: Receiver) -> None:
    made = setup_page(client)
    page = standin.ask("GET", made.url).text
    standin.pay(made.url)
    standin.settled()

    assert JA["setup_title"] in page and JA["setup_button"] in page and "円" not in page
    session: Any = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["setup_intent.payment_method"]})
    assert (session.status, session.payment_status, session.amount_total) == (
        "complete",
        "no_payment_required",
        None,
    )
    setup = session.setup_intent
    assert (setup.status, setup.usage, setup.metadata["pledge"]) == ("succeeded", "off_session", "pledge-1")
    assert (setup.payment_method.customer, setup.payment_method.card.last4) == (session.customer, "4242")
    assert client.v1.charges.list().data == [] and client.v1.payment_intents.list().data == []
    assert receiver.types() == [
        "customer.created",
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
        "checkout.session.completed",
    ]
    methods = client.v1.customers.payment_methods.list(session.customer, {"type": "card"}).data
    assert [method.id for method in methods] == [setup.payment_method.id]


def test_a_kept_card_is_charged_once_per_key(standin: Standin, client: Any, receiver: Receiver) -> None:
    session = kept(standin, client)

    first, again = charge(client, session), charge(client, session)
    standin.settled()

    assert (first.id, first.status, first.amount_received) == (again.id, "succeeded", 8_000)
    assert receiver.types()[-4:] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
    ]
    assert client.v1.charges.list().data[0].metadata["pledge"] == "pledge-1"


def test_a_declined_kept_card_is_402_with_its_intent_and_stays_so_under_its_key(
    standin: Standin, client: Any
) -> None:
    session = kept(standin, client, "4000000000000341")

    refusals = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            charge(client, session)
        refusals.append(caught.value)

    first, again = refusals
    assert (first.http_status, first.code, first.error.decline_code) == (
        402,
        "card_declined",
        "generic_decline",
    )
    intent = first.error.payment_intent
    assert intent.status == "requires_payment_method" and again.error.payment_intent.id == intent.id
    found = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert found.last_payment_error.code == "card_declined" and found.latest_charge.status == "failed"
    assert len(client.v1.payment_intents.list().data) == 1


def test_a_card_proven_at_its_setup_is_not_asked_again(standin: Standin, client: Any) -> None:
    session = kept(standin, client, "4000002760003184")
    unproven = client.v1.payment_methods.attach(
        "pm_card_authenticationRequired", {"customer": session.customer}
    )

    assert charge(client, session).status == "succeeded"
    session.setup_intent.payment_method = unproven.id
    with pytest.raises(stripe.CardError) as caught:
        charge(client, session, key="pledge:2")
    assert (caught.value.http_status, caught.value.code) == (402, "authentication_required")
    assert caught.value.error.payment_intent.last_payment_error.payment_method.id == unproven.id


def test_a_card_that_is_declined_at_setup_is_not_kept(standin: Standin, client: Any) -> None:
    made = setup_page(client)

    refused = standin.pay(made.url, card="4000000000000002")
    no = standin.pay(made.url, card="4000002760003184", confirm=False)
    still: Any = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["setup_intent"]})

    assert (refused.status, no.status) == (422, 422) and JA["authentication"] in no.text
    assert still.status == "open" and still.setup_intent.last_setup_error.type == "card_error"
    assert client.v1.customers.payment_methods.list(still.customer).data == []


def test_a_customer_can_be_made_with_the_card(standin: Standin, client: Any) -> None:
    session = kept(standin, client, customer_creation="always")

    assert session.customer and charge(client, session).customer == session.customer


def test_another_customer_s_card_is_refused(standin: Standin, client: Any) -> None:
    mine, other = kept(standin, client), kept(standin, client)
    mine.setup_intent.payment_method = other.setup_intent.payment_method

    with pytest.raises(stripe.InvalidRequestError) as caught:
        charge(client, mine)

    assert caught.value.param == "payment_method"


def test_a_card_let_go_is_charged_no_more(standin: Standin, client: Any) -> None:
    session = kept(standin, client, "4000002760003184")

    gone = client.v1.payment_methods.detach(session.setup_intent.payment_method)

    assert gone.customer is None
    with pytest.raises(stripe.InvalidRequestError):
        charge(client, session)


def test_a_single_gift_may_keep_its_card(standin: Standin, client: Any) -> None:
    data: Any = {"setup_future_usage": "off_session"}
    made = client.v1.checkout.sessions.create(session_for(payment_intent_data=data))
    standin.pay(made.url)

    session: Any = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
    assert session.payment_intent.setup_future_usage == "off_session"
    methods = client.v1.customers.payment_methods.list(session.customer).data
    assert [method.id for method in methods] == [session.payment_intent.payment_method]


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"line_items": SESSION["line_items"]}, "line_items"),
        ({"subscription_data": {"description": "x"}}, "subscription_data"),
        ({"payment_method_types": ["konbini"]}, "payment_method_types"),
    ],
)
def test_what_a_setup_page_cannot_do_is_refused_by_name(client: Any, changes: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        setup_page(client, **changes)

    assert caught.value.param == param
