"""Bank transfers: each customer has an account number of their own, and sends what they send.

Too little pays a part, too much stays in the customer's cash balance.
"""

from __future__ import annotations

import secrets

from stripe_standin import cash_balances, charges, intents, payment_methods, payments
from stripe_standin.books import Books
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.params import Params, integer, only, required, text
from stripe_standin.store import Object

ACTION = "display_bank_transfer_instructions"


def begin(books: Books, session: Object, *, billed: Object, page: str) -> Object:
    """Show where to send the money. What lies in the cash balance is taken at once."""
    intent = intents.of_session(books, session)
    session = {**session, "payment_intent": intent["id"]}
    method = payment_methods.create(books, "customer_balance", {}, billed=billed)
    address = cash_balances.account(session["customer"])
    details = {
        "amount_remaining": intent["amount"],
        "currency": "jpy",
        "financial_addresses": [address],
        "hosted_instructions_url": page.format(intent=intent["id"]),
        "reference": secrets.token_hex(6).upper(),
        "type": "jp_bank_transfer",
    }
    before_yen = cash_balances.available_yen(books, session["customer"])
    intent["payment_method"] = method["id"]
    if before_yen < intent["amount"]:
        intents.ask(books, intent, action={"type": ACTION, ACTION: details})
    books.put("payment_intent", intent)
    _apply(books, intent)
    is_paid = books.need("payment_intent", intent["id"])["status"] == "succeeded"
    return payments.complete(books, session, billed=billed, is_paid=is_paid)


def arrive(books: Books, customer_id: str, amount_yen: int, *, first: str | None = None) -> Object:
    """Money from a bank. Pays the open intents: the one named, one of the exact amount, then the oldest."""
    if amount_yen < 1:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    books.need("customer", customer_id, param="customer")
    sender = {"sender_bank": "テスト銀行", "sender_branch": "本店", "sender_name": "テスト ニンゲン"}
    transfer = {"reference": None, "type": "jp_bank_transfer", "jp_bank_transfer": sender}
    cash_balances.move(books, customer_id, "funded", amount_yen, {"bank_transfer": transfer})
    waiting = [
        intent
        for intent in books.having("payment_intent", "customer", customer_id)
        if (intent["next_action"] or {}).get("type") == ACTION
    ]
    waiting.sort(key=lambda row: (row["id"] != first, remaining_yen(row) != amount_yen))
    for intent in waiting:
        _apply(books, intent)
    balance = cash_balances.retrieve(books, customer_id)
    if balance["available"]:
        emit(books, "cash_balance.funds_available", balance)
    return balance


def remaining_yen(intent: Object) -> int:
    return int(intent["amount"] - intent["_funded_yen"])


def fund(books: Books, customer_id: str, params: Params) -> Object:
    """Stripe's own test helper: POST /v1/test_helpers/customers/:id/fund_cash_balance."""
    only(params, {"amount", "currency", "expand", "reference"})
    if required(params, "currency").lower() != "jpy":
        raise ApiError("The stand-in's customers send jpy only.", param="currency")
    text(params, "reference")
    arrive(books, customer_id, integer(required(params, "amount"), "amount"))
    return books.having(cash_balances.KIND, "customer", customer_id)[-1]


def give_back(books: Books, intent: Object) -> None:
    """A cancelled intent's part payment goes back to the cash balance."""
    if funded_yen := intent["_funded_yen"]:
        books.put("payment_intent", {**intent, "_funded_yen": 0})
        about = {"payment_intent": intent["id"]}
        cash_balances.move(books, intent["customer"], "unapplied_from_payment", funded_yen, about)
        emit(books, "cash_balance.funds_available", cash_balances.retrieve(books, intent["customer"]))


def _apply(books: Books, intent: Object) -> None:
    customer_id = intent["customer"]
    part_yen = min(cash_balances.available_yen(books, customer_id), remaining_yen(intent))
    if part_yen < 1:
        return
    about = {"payment_intent": intent["id"]}
    cash_balances.move(books, customer_id, "applied_to_payment", -part_yen, about)
    intent["_funded_yen"] += part_yen
    if remaining_yen(intent):
        intent["next_action"][ACTION]["amount_remaining"] = remaining_yen(intent)
        books.put("payment_intent", intent)
        emit(books, "payment_intent.partially_funded", intent)
        return
    method = books.need("payment_method", intent["payment_method"])
    intent = intents.succeed(books, intent, charges.succeeded(books, intent, method=method))
    payments.arrived(books, intent)
