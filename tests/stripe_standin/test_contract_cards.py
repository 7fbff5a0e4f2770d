"""What we rely on at Stripe: cards that are kept and charged without their owner."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import stripe

from tests.stripe_standin.conftest import refusal, session_for


def card_kept(either: Any, token: str) -> tuple[str, str]:
    """Returns customer and payment method, set up without a page."""
    customer = either.v1.customers.create({"email": f"donor-{uuid4()}@example.jp"})
    asked = {
        "customer": customer.id,
        "payment_method": token,
        "payment_method_types": ["card"],
        "usage": "off_session",
        "confirm": True,
    }
    setup = either.v1.setup_intents.create(asked)
    assert setup.status == "succeeded"
    return customer.id, setup.payment_method


def off_session(customer: str, method: str, amount_yen: int = 8_000) -> Any:
    return {
        "amount": amount_yen,
        "currency": "jpy",
        "customer": customer,
        "payment_method": method,
        "payment_method_types": ["card"],
        "off_session": True,
        "confirm": True,
    }


def test_a_kept_card_is_charged_without_its_owner(either: Any) -> None:
    asked = off_session(*card_kept(either, "pm_card_visa"))
    key: Any = {"idempotency_key": f"pledge:{uuid4()}"}

    first, again = (either.v1.payment_intents.create(asked, key) for _ in range(2))

    assert (first.id, first.status, first.amount_received) == (again.id, "succeeded", 8_000)


def test_a_kept_card_that_is_declined_is_402_with_its_intent(either: Any) -> None:
    customer, method = card_kept(either, "pm_card_chargeCustomerFail")

    said = refusal(lambda: either.v1.payment_intents.create(off_session(customer, method)))

    assert isinstance(said, stripe.CardError) and (said.http_status, said.code) == (402, "card_declined")
    intent = said.error.payment_intent
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.payment_method.id == method


def test_a_page_that_saves_a_card_makes_its_customer_and_takes_no_amount(either: Any) -> None:
    left_out = ("line_items", "payment_intent_data")
    asked: Any = {name: value for name, value in session_for().items() if name not in left_out}
    noted = {"donation": "gift-1", "yen": "10000"}
    asked.update(
        mode="setup",
        currency="jpy",
        customer_creation="always",
        payment_method_types=["card"],
        customer_email="donor@example.jp",
        metadata=noted,
        setup_intent_data={"metadata": noted},
    )

    made = either.v1.checkout.sessions.create(asked)
    found = either.v1.checkout.sessions.retrieve(made.id, {"expand": ["setup_intent"]})
    mixed = refusal(
        lambda: either.v1.checkout.sessions.create({**asked, "payment_intent_data": {"metadata": noted}})
    )

    assert (found.mode, found.status, found.amount_total) == ("setup", "open", None)
    assert (found.payment_status, found.payment_intent) == ("no_payment_required", None)
    assert found.metadata["yen"] == "10000" and found.setup_intent.metadata["donation"] == "gift-1"
    assert mixed.http_status == 400


def test_all_payments_of_a_customer_are_listed_with_charge_and_fee(either: Any) -> None:
    customer, method = card_kept(either, "pm_card_visa")
    other = card_kept(either, "pm_card_visa")
    assert either.v1.payment_intents.list({"customer": customer}).data == []

    paid = either.v1.payment_intents.create(off_session(customer, method))
    either.v1.payment_intents.create(off_session(*other))

    asked: Any = {"customer": customer, "expand": ["data.latest_charge.balance_transaction"]}
    found = either.v1.payment_intents.list(asked).data
    assert [one.id for one in found] == [paid.id]
    assert (found[0].status, found[0].latest_charge.amount) == ("succeeded", 8_000)


def test_a_card_that_wants_its_owner_is_402_and_says_so(either: Any) -> None:
    customer = either.v1.customers.create({"email": f"donor-{uuid4()}@example.jp"}).id
    method = either.v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer})

    said = refusal(lambda: either.v1.payment_intents.create(off_session(customer, method.id)))

    assert (said.http_status, said.code) == (402, "authentication_required")
    found = either.v1.payment_intents.list({"customer": customer}).data
    assert [one.last_payment_error.code for one in found] == ["authentication_required"]


def test_a_detached_card_is_charged_never_again_and_detached_once(either: Any) -> None:
    customer, method = card_kept(either, "pm_card_visa")

    assert either.v1.payment_methods.detach(method).customer is None

    for call in (
        lambda: either.v1.payment_methods.detach(method),
        lambda: either.v1.payment_intents.create(off_session(customer, method)),
    ):
        said = refusal(call)
        assert isinstance(said, stripe.InvalidRequestError) and said.http_status == 400
    assert either.v1.payment_intents.list({"customer": customer, "limit": 1}).data == []


def test_a_payment_by_kept_card_is_refunded_in_part(either: Any) -> None:
    paid = either.v1.payment_intents.create(off_session(*card_kept(either, "pm_card_visa")))

    part = either.v1.refunds.create(
        {"payment_intent": paid.id, "amount": 3_000, "metadata": {"by": "office"}}
    )
    said = refusal(lambda: either.v1.refunds.create({"payment_intent": paid.id, "amount": 5_001}))

    assert (part.status, part.amount, part.metadata["by"]) == ("succeeded", 3_000, "office")
    assert said.http_status == 400
