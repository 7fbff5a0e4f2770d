"""Bank transfers and PayPay: an account number per customer, and a yes or no in an app."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from stripe_standin.words import EN, JA
from tests.stripe_standin.conftest import session_for
from tests.stripe_standin.receiver import Receiver
from tests.stripe_standin.running import Standin

TRANSFER: Any = {
    "payment_method_types": ["card", "customer_balance"],
    "payment_method_options": {
        "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}}
    },
}


def account_shown(standin: Standin, client: Any, amount_yen: int = 10_000, **changes: Any) -> Any:
    """Returns the session of a payer who knows where to send the money, its intent expanded."""
    if "customer" not in changes:
        changes["customer"] = client.v1.customers.create(
            {"email": "donor@example.jp", "name": "寄付 花子"}
        ).id
    made = client.v1.checkout.sessions.create(session_for(amount_yen, **{**TRANSFER, **changes}))
    assert standin.pay_by("customer_balance", made.url).status == 303
    return client.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})


def test_the_payer_gets_an_account_of_their_own(standin: Standin, client: Any) -> None:
    session = account_shown(standin, client)
    again = account_shown(standin, client, customer=session.customer)

    assert (session.status, session.payment_status) == ("complete", "unpaid")
    intent = session.payment_intent
    assert (intent.status, intent.next_action.type) == (
        "requires_action",
        "display_bank_transfer_instructions",
    )
    told = intent.next_action.display_bank_transfer_instructions
    assert (told.amount_remaining, told.currency, told.type) == (10_000, "jpy", "jp_bank_transfer")
    bank = told.financial_addresses[0].zengin
    assert bank.account_type == "futsu" and len(bank.account_number) == 7 and bank.branch_code
    same = again.payment_intent.next_action.display_bank_transfer_instructions
    assert same.financial_addresses[0].zengin.account_number == bank.account_number
    page = standin.ask("GET", told.hosted_instructions_url).text
    assert bank.account_number in page and JA["transfer_title"] in page and "10,000円" in page


def test_the_exact_amount_pays(standin: Standin, client: Any, receiver: Receiver) -> None:
    session = account_shown(standin, client)
    standin.control("bank_transfer", {"customer": session.customer, "amount": 10_000})
    standin.settled()

    wanted: Any = {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    paid = client.v1.checkout.sessions.retrieve(session.id, wanted)
    booked = paid.payment_intent.latest_charge.balance_transaction
    assert (paid.payment_status, paid.payment_intent.amount_received) == ("paid", 10_000)
    assert (booked.type, booked.fee, booked.net) == ("payment", 150, 9_850)
    assert paid.payment_intent.latest_charge.payment_method_details.type == "customer_balance"
    assert receiver.types()[4:] == [
        "customer_cash_balance_transaction.created",
        "customer_cash_balance_transaction.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
        "charge.updated",
    ]
    assert client.v1.customers.cash_balance.retrieve(session.customer).available is None


def test_too_little_pays_a_part_and_the_rest_completes_it(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    session = account_shown(standin, client)
    intent_id = session.payment_intent.id

    standin.control("bank_transfer", {"payment_intent": intent_id, "amount": 4_000})
    part = client.v1.payment_intents.retrieve(intent_id)
    standin.control("bank_transfer", {"payment_intent": intent_id, "amount": 6_000})
    standin.settled()

    told = part.next_action.display_bank_transfer_instructions
    assert (part.status, part.amount_received, told.amount_remaining) == ("requires_action", 0, 6_000)
    assert receiver.types().count("payment_intent.partially_funded") == 1
    whole = client.v1.payment_intents.retrieve(intent_id)
    assert (whole.status, whole.amount_received) == ("succeeded", 10_000)
    assert [row.amount for row in client.v1.charges.list().data] == [10_000]


def test_too_much_stays_with_the_customer_and_can_go_back(
    standin: Standin, client: Any, receiver: Receiver
) -> None:
    session = account_shown(standin, client)
    standin.control("bank_transfer", {"session": session.id, "amount": 12_500})
    standin.settled()

    balance = client.v1.customers.cash_balance.retrieve(session.customer)
    rows = client.v1.customers.cash_balance_transactions.list(session.customer).data
    assert balance.available["jpy"] == 2_500
    assert [(row.type, row.net_amount, row.ending_balance) for row in rows] == [
        ("applied_to_payment", -10_000, 2_500),
        ("funded", 12_500, 12_500),
    ]
    assert "cash_balance.funds_available" in receiver.types()
    back = client.v1.refunds.create(
        {"origin": "customer_balance", "customer": session.customer, "amount": 2_500, "currency": "jpy"}
    )
    assert (back.status, back.charge) == ("requires_action", None)
    assert client.v1.customers.cash_balance.retrieve(session.customer).available is None
    assert next(iter(standin.control("ledger")["accounts"].values()))["agrees"]


def test_money_in_the_cash_balance_pays_the_next_session_at_once(standin: Standin, client: Any) -> None:
    customer = client.v1.customers.create({"email": "donor@example.jp"}).id
    standin.control("bank_transfer", {"customer": customer, "amount": 9_000})

    part = account_shown(standin, client, 10_000, customer=customer)
    standin.control("bank_transfer", {"customer": customer, "amount": 6_000})
    full = account_shown(standin, client, 5_000, customer=customer)

    told = part.payment_intent.next_action.display_bank_transfer_instructions
    assert told.amount_remaining == 1_000
    assert (full.payment_status, full.payment_intent.status) == ("paid", "succeeded")


def test_a_cancelled_payment_gives_its_part_back(standin: Standin, client: Any) -> None:
    session = account_shown(standin, client)
    standin.control("bank_transfer", {"session": session.id, "amount": 4_000})

    gone = client.v1.payment_intents.cancel(session.payment_intent.id, {"cancellation_reason": "abandoned"})

    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    assert client.v1.customers.cash_balance.retrieve(session.customer).available["jpy"] == 4_000
    with pytest.raises(stripe.InvalidRequestError, match="canceled"):
        client.v1.payment_intents.cancel(gone.id)


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"customer": None}, "customer"),
        ({"payment_method_options": {}}, "payment_method_options[customer_balance][funding_type]"),
        (
            {
                "payment_method_options": {
                    "customer_balance": {
                        "funding_type": "bank_transfer",
                        "bank_transfer": {"type": "us_bank_transfer"},
                    }
                }
            },
            "payment_method_options[customer_balance][bank_transfer][type]",
        ),
    ],
)
def test_a_bank_transfer_needs_a_customer_and_its_kind(client: Any, changes: Any, param: str) -> None:
    customer = client.v1.customers.create({"email": "donor@example.jp"}).id
    asked = {"customer": customer, **TRANSFER, **changes}
    asked = {name: value for name, value in asked.items() if value is not None}

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.checkout.sessions.create(session_for(**asked))

    assert caught.value.param == param


def test_the_instructions_page_plays_the_bank_in_english_too(standin: Standin, client: Any) -> None:
    session = account_shown(standin, client, locale="en")
    address = session.payment_intent.next_action.display_bank_transfer_instructions.hosted_instructions_url

    page = standin.ask("GET", address).text
    standin.post_form(address, {"amount": "10,000"})

    assert EN["transfer_title"] in page and EN["amount_left"] in page
    assert EN["slip_paid_title"] in standin.ask("GET", address).text


# PayPay


def paypay_session(client: Any, **changes: Any) -> Any:
    return client.v1.checkout.sessions.create(
        session_for(**{"payment_method_types": ["card", "paypay"], **changes})
    )


def test_paypay_pays_at_once(standin: Standin, client: Any, receiver: Receiver) -> None:
    made = paypay_session(client)

    reply = standin.pay_by("paypay", made.url)
    standin.settled()

    assert reply.location.endswith(made.id)
    wanted: Any = {"expand": ["payment_intent.latest_charge"]}
    paid = client.v1.checkout.sessions.retrieve(made.id, wanted)
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert paid.payment_intent.latest_charge.payment_method_details.type == "paypay"
    assert receiver.types() == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]


def test_a_no_in_paypay_moves_nothing_and_another_way_pays(standin: Standin, client: Any) -> None:
    made = paypay_session(client)

    refused = standin.pay_by("paypay", made.url, confirm=False)
    still = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
    paid = standin.pay(made.url)

    assert refused.status == 422 and JA["paypay_refused"] in refused.text
    assert f'action="/c/pay/{made.id}?method=paypay"' in refused.text
    assert (still.status, still.payment_intent.status) == ("open", "requires_payment_method")
    assert still.payment_intent.last_payment_error.code == "payment_intent_authentication_failure"
    assert paid.status == 303 and len(client.v1.payment_intents.list().data) == 1
