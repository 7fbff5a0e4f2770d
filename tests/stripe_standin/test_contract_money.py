"""What we rely on at Stripe: ways to pay, charges and fees, refunds, payouts, disputes."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.stripe_standin.conftest import client_of, refusal, session_for
from tests.stripe_standin.running import Standin, running_standin, wait_for


def test_every_way_to_pay_is_offered_on_one_page(either: Any) -> None:
    customer = either.v1.customers.create({"email": f"donor-{uuid4()}@example.jp"})
    transfer = {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}}
    asked = session_for(
        3_000,
        customer=customer.id,
        payment_method_types=["card", "konbini", "customer_balance"],
        payment_method_options={"konbini": {"expires_after_days": 7}, "customer_balance": transfer},
    )

    made = either.v1.checkout.sessions.create(asked)

    assert made.payment_method_types == ["card", "konbini", "customer_balance"]
    assert made.payment_method_options.konbini.expires_after_days == 7
    assert made.payment_method_options.customer_balance.bank_transfer.type == "jp_bank_transfer"
    assert (made.customer, made.payment_status) == (customer.id, "unpaid")


def test_a_bank_transfer_without_a_customer_is_refused(either: Any) -> None:
    transfer = {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}}
    asked = session_for(
        payment_method_types=["customer_balance"], payment_method_options={"customer_balance": transfer}
    )

    assert refusal(lambda: either.v1.checkout.sessions.create(asked)).http_status == 400


def test_money_sent_by_bank_lies_in_the_cash_balance(either: Any) -> None:
    customer = either.v1.customers.create({"email": f"donor-{uuid4()}@example.jp"})
    empty = either.v1.customers.cash_balance.retrieve(customer.id)

    either.v1.test_helpers.customers.fund_cash_balance(customer.id, {"amount": 5_000, "currency": "jpy"})

    full = either.v1.customers.cash_balance.retrieve(customer.id)
    rows = either.v1.customers.cash_balance_transactions.list(customer.id).data
    assert not empty.available and full.available["jpy"] == 5_000
    assert [(row.type, row.net_amount) for row in rows] == [("funded", 5_000)]


def paid(standin: Standin, client: Any, amount_yen: int = 10_000, **how: Any) -> Any:
    """Returns the paid session with everything expanded, its charge on the books."""
    made = client.v1.checkout.sessions.create(session_for(amount_yen))
    reply = standin.pay(made.url or "", **how)
    assert (reply.status, reply.location) == (303, f"http://127.0.0.1:8000/gifts/1/?session={made.id}")
    wanted: Any = {"expand": ["payment_intent.latest_charge.balance_transaction"]}

    def look() -> Any:
        found = client.v1.checkout.sessions.retrieve(made.id, wanted)
        return found if found.payment_intent.latest_charge.balance_transaction else None

    return wait_for(look)


def test_a_paid_session_leads_to_charge_fee_and_net(standin: Standin, client: Any) -> None:
    session = paid(standin, client, 4_847)

    charge = session.payment_intent.latest_charge
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert session.customer_details.email == "donor@example.jp"
    assert session.payment_intent.metadata["donation"] == charge.metadata["donation"] == "gift-1"
    assert (charge.amount, charge.paid, charge.payment_method_details.card.last4) == (4_847, True, "4242")
    booked = charge.balance_transaction
    assert (booked.amount, booked.fee, booked.net, booked.type) == (4_847, 174, 4_673, "charge")


def test_the_balance_transaction_comes_later(tmp_path: Path) -> None:
    with running_standin(tmp_path, settle_ms=60_000) as slow:
        client = client_of(slow)
        made = client.v1.checkout.sessions.create(session_for())
        slow.pay(made.url or "")

        wanted: Any = {"expand": ["payment_intent.latest_charge.balance_transaction"]}
        charge: Any = client.v1.checkout.sessions.retrieve(made.id, wanted).payment_intent.latest_charge

    assert charge.status == "succeeded" and charge.balance_transaction is None


def test_refunds_give_back_parts_until_nothing_is_left(standin: Standin, client: Any) -> None:
    charge = paid(standin, client, 10_000).payment_intent.latest_charge

    part = client.v1.refunds.create({"payment_intent": charge.payment_intent, "amount": 3_000})
    said = refusal(lambda: client.v1.refunds.create({"charge": charge.id, "amount": 7_001}))
    rest = client.v1.refunds.create({"charge": charge.id, "reason": "requested_by_customer"})
    again = refusal(lambda: client.v1.refunds.create({"charge": charge.id}))

    assert (part.amount, part.status, rest.amount) == (3_000, "succeeded", 7_000)
    assert (said.http_status, said.param, again.code) == (400, "amount", "charge_already_refunded")
    after: Any = client.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (after.amount_refunded, after.refunded, len(after.refunds.data)) == (10_000, True, 2)


def test_a_payout_is_the_sum_of_its_transactions(standin: Standin, client: Any) -> None:
    charges = [paid(standin, client, amount).payment_intent.latest_charge for amount in (1_000, 2_000, 3_000)]
    client.v1.refunds.create({"charge": charges[0].id, "amount": 400})

    payout = standin.control("payouts", {"key": "sk_test_stand_in_one"})
    late = paid(standin, client, 9_000).payment_intent.latest_charge

    listing = client.v1.balance_transactions.list({"payout": payout["id"], "limit": 2})
    rows = list(listing.auto_paging_iter())
    assert sum(row.net for row in rows if row.type != "payout") == payout["amount"] == 5_384
    assert [row.net for row in rows if row.type == "payout"] == [-5_384]  # Stripe lists its own row too
    assert late.balance_transaction.id not in [row.id for row in rows]
    assert client.v1.payouts.list({"status": "paid"}).data[0].id == payout["id"]


def test_a_disputed_charge_loses_amount_and_fee(standin: Standin, client: Any) -> None:
    charge = paid(standin, client, 8_000, card="4000000000000259").payment_intent.latest_charge

    dispute = client.v1.disputes.list({"charge": charge.id}).data[0]

    assert (dispute.amount, dispute.status, dispute.balance_transactions[0].net) == (
        8_000,
        "needs_response",
        -9_500,
    )
    assert refusal(lambda: client.v1.refunds.create({"charge": charge.id})).code == "charge_disputed"
    standin.control("disputes/close", {"dispute": dispute.id, "status": "won"})
    assert client.v1.disputes.retrieve(dispute.id).status == "won"


def test_events_are_listed_by_type_and_time(standin: Standin, client: Any) -> None:
    session = paid(standin, client)

    since: Any = {
        "created": {"gte": session.created},
        "types": ["checkout.session.completed", "charge.updated"],
    }
    found = client.v1.events.list(since).data

    assert sorted(event.type for event in found) == ["charge.updated", "checkout.session.completed"]
    later: Any = {"created": {"gt": session.created + 600}}
    assert client.v1.events.list(later).data == []
