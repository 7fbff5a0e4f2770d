"""Refunds by every way: back to the card, or by an account the payer names; and from the dashboard."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.stripe_standin.conftest import session_for
from tests.stripe_standin.receiver import Receiver
from tests.stripe_standin.running import Standin
from tests.stripe_standin.test_bank_transfers import account_shown
from tests.stripe_standin.test_konbini import numbers_given


def by_card(standin: Standin, client: Any, amount_yen: int = 10_000) -> str:
    """Returns the payment intent of a paid gift."""
    made = client.v1.checkout.sessions.create(session_for(amount_yen))
    standin.pay(made.url)
    standin.settled()
    return str(client.v1.checkout.sessions.retrieve(made.id).payment_intent)


def by_konbini(standin: Standin, client: Any) -> str:
    session = numbers_given(standin, client, 10_000)
    standin.control("konbini/pay", {"session": session.id})
    standin.settled()
    return str(session.payment_intent.id)


def by_transfer(standin: Standin, client: Any) -> str:
    session = account_shown(standin, client, 10_000)
    standin.control("bank_transfer", {"session": session.id, "amount": 10_000})
    standin.settled()
    return str(session.payment_intent.id)


def agrees(standin: Standin) -> bool:
    return bool(next(iter(standin.control("ledger")["accounts"].values()))["agrees"])


@pytest.mark.parametrize("pay", [by_konbini, by_transfer])
def test_where_no_way_leads_back_the_payer_is_asked_by_mail(
    standin: Standin, client: Any, receiver: Receiver, pay: Any
) -> None:
    intent = pay(standin, client)
    before = len(receiver.bodies)

    asked = client.v1.refunds.create({"payment_intent": intent, "amount": 4_000})
    standin.control("refund/advance", {"refund": asked.id, "status": "pending"})
    pending = client.v1.refunds.retrieve(asked.id)
    standin.control("refund/advance", {"refund": asked.id, "status": "succeeded"})
    standin.settled()

    assert asked.status == "requires_action" and asked.destination_details.type == "jp_bank_transfer"
    assert asked.next_action.display_details.email_sent.email_sent_to == "donor@example.jp"
    assert asked.instructions_email == "donor@example.jp"
    assert (pending.status, pending.pending_reason) == ("pending", "processing")
    assert client.v1.refunds.retrieve(asked.id).status == "succeeded"
    assert receiver.types()[before:] == [
        "refund.created",
        "charge.refunded",
        "refund.updated",
        "refund.updated",
    ]
    booked = client.v1.balance_transactions.retrieve(asked.balance_transaction)
    assert (booked.type, booked.reporting_category, booked.net) == ("payment_refund", "refund", -4_000)
    assert agrees(standin)


@pytest.mark.parametrize("end", ["failed", "canceled", "expired"])
def test_a_refund_that_fails_gives_the_money_back_to_the_account(
    standin: Standin, client: Any, receiver: Receiver, end: str
) -> None:
    intent = by_konbini(standin, client)
    refund = client.v1.refunds.create({"payment_intent": intent, "instructions_email": "other@example.jp"})

    if end == "failed":
        standin.control("refund/advance", {"refund": refund.id, "status": "failed", "reason": "declined"})
    elif end == "canceled":
        client.v1.refunds.cancel(refund.id)
    else:
        client.v1.test_helpers.refunds.expire(refund.id)
    standin.settled()

    after = client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction", "charge"]})
    assert after.status == ("canceled" if end == "canceled" else "failed") and after.failure_reason
    assert after.instructions_email == "other@example.jp"
    back = after.failure_balance_transaction
    assert (back.type, back.reporting_category, back.net) == (
        "payment_failure_refund",
        "refund_failure",
        10_000,
    )
    assert (after.charge.amount_refunded, after.charge.refunded) == (0, False)
    assert ("refund.failed" in receiver.types()) == (end != "canceled")
    assert agrees(standin)
    assert client.v1.refunds.create({"payment_intent": intent}).amount == 10_000  # it can be tried again


def test_a_card_refund_may_fail_weeks_later(standin: Standin, client: Any) -> None:
    intent = by_card(standin, client)
    refund = client.v1.refunds.create({"payment_intent": intent, "amount": 1_000})

    standin.control("refund/advance", {"refund": refund.id, "status": "failed"})

    after = client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert after.failure_balance_transaction.type == "refund_failure"
    with pytest.raises(AssertionError, match="cannot become"):
        standin.control("refund/advance", {"refund": refund.id, "status": "succeeded"})
    assert agrees(standin)


def test_a_refund_made_in_the_dashboard_carries_nothing_of_ours(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    intent = by_card(standin, client)
    before = len(receiver.bodies)

    made = standin.control("refund", {"payment_intent": intent, "amount": 3_000})
    standin.settled()

    told = receiver.events()[before:]
    assert [event.type for event in told] == ["refund.created", "charge.refunded"]
    assert made["metadata"] == {} and made["status"] == "succeeded"
    assert told[1].data.object["amount_refunded"] == 3_000
    assert told[1].data.object["metadata"]["donation"] == "gift-1"
    assert told[0].request.id is None  # type: ignore[union-attr]
    assert client.v1.refunds.list({"payment_intent": intent}).data[0].id == made["id"]


def test_a_refund_key_is_good_for_one_refund(standin: Standin, client: Any) -> None:
    intent = by_card(standin, client)
    asked: Any = {"payment_intent": intent, "amount": 3_000}

    first = client.v1.refunds.create(asked, {"idempotency_key": "refund:1"})
    again = client.v1.refunds.create(asked, {"idempotency_key": "refund:1"})

    assert first.id == again.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.refunds.create({**asked, "amount": 1}, {"idempotency_key": "refund:1"})
    assert client.v1.charges.list().data[0].amount_refunded == 3_000


def test_a_refund_takes_notes_later(standin: Standin, client: Any) -> None:
    refund = client.v1.refunds.create({"payment_intent": by_card(standin, client)})

    assert client.v1.refunds.update(refund.id, {"metadata": {"by": "office"}}).metadata["by"] == "office"
