"""What goes wrong after a payment: early fraud warnings, disputes, payouts that come back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stripe_standin.conftest import KEY
from tests.stripe_standin.receiver import Receiver
from tests.stripe_standin.running import Standin
from tests.stripe_standin.test_refunds import agrees, by_card, by_konbini


def charge_of(client: Any, intent: str) -> str:
    return str(client.v1.payment_intents.retrieve(intent).latest_charge)


def test_a_warning_names_its_charge_and_is_calmed_by_a_refund(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    intent = by_card(standin, client)
    charge = charge_of(client, intent)

    warning = standin.control("early_fraud_warning", {"payment_intent": intent})
    client.v1.refunds.create({"charge": charge})
    standin.settled()

    assert receiver.types()[5:] == [
        "radar.early_fraud_warning.created",
        "refund.created",
        "charge.refunded",
        "radar.early_fraud_warning.updated",
    ]
    found = client.v1.radar.early_fraud_warnings.retrieve(warning["id"])
    assert warning["actionable"] and not found.actionable
    assert (found.charge, found.payment_intent) == (charge, intent)
    assert client.v1.radar.early_fraud_warnings.list({"charge": charge}).data[0].id == found.id
    with pytest.raises(AssertionError, match="warned of before"):
        standin.control("early_fraud_warning", {"charge": charge})


@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_dispute_moves_the_money_as_adjustments(
    standin: Standin, client: Any, receiver: Receiver, end: str
) -> None:
    intent = by_card(standin, client)

    dispute = standin.control("disputes", {"payment_intent": intent, "reason": "product_not_received"})
    standin.control("disputes/close", {"dispute": dispute["id"], "status": end})
    standin.settled()

    rows = client.v1.balance_transactions.list({"source": dispute["id"]}).data
    told = [(row.type, row.reporting_category, row.amount, row.fee, row.net) for row in rows]
    taken = ("adjustment", "dispute", -10_000, 1_500, -11_500)
    back = ("adjustment", "dispute_reversal", 10_000, 0, 10_000)
    assert told == ([back, taken] if end == "won" else [taken])
    reinstated = ["charge.dispute.funds_reinstated"] if end == "won" else []
    assert receiver.types()[5:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        *reinstated,
        "charge.dispute.closed",
    ]
    assert agrees(standin)


def test_a_dispute_can_be_given_up(standin: Standin, client: Any) -> None:
    dispute = standin.control("disputes", {"payment_intent": by_card(standin, client)})

    assert client.v1.disputes.close(dispute["id"]).status == "lost"


def test_cash_is_not_disputed(standin: Standin, client: Any) -> None:
    with pytest.raises(AssertionError, match="no card's"):
        standin.control("disputes", {"payment_intent": by_konbini(standin, client)})


def test_a_payout_that_failed_goes_out_with_the_next_one(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    by_card(standin, client)
    first = standin.control("payouts", {"key": KEY})

    failed = standin.control("payouts/fail", {"payout": first["id"], "code": "invalid_account_number"})
    assert agrees(standin)
    by_card(standin, client, 5_000)
    second = standin.control("payouts", {"key": KEY})
    standin.settled()

    assert (failed["status"], failed["failure_code"]) == ("failed", "invalid_account_number")
    assert "payout.failed" in receiver.types()
    rows = client.v1.balance_transactions.list({"payout": second["id"]}).data
    told = [(row.type, row.reporting_category, row.net) for row in rows if row.type != "payout"]
    assert told == [("charge", "charge", 4_820), ("payout_failure", "payout_reversal", 9_640)]
    assert second["amount"] == 14_460 and agrees(standin)


def test_every_kind_of_row_in_one_payout_adds_up(standin: Standin, client: Any) -> None:
    first, second = by_card(standin, client), by_card(standin, client)
    by_konbini(standin, client)
    client.v1.refunds.create({"payment_intent": first, "amount": 2_000})
    standin.control("disputes", {"payment_intent": second})

    payout = standin.control("payouts", {"key": KEY})

    rows = list(client.v1.balance_transactions.list({"payout": payout["id"]}).auto_paging_iter())
    assert sum(row.net for row in rows if row.type != "payout") == payout["amount"]
    assert {row.reporting_category for row in rows} == {"charge", "refund", "dispute", "payout"}
    assert client.v1.payouts.retrieve(payout["id"]).reconciliation_status == "completed"
    assert agrees(standin)
