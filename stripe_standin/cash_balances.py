"""Cash balances: money a customer has sent by bank that belongs to no payment yet."""

from __future__ import annotations

import hashlib
from typing import Any

from stripe_standin.books import Books
from stripe_standin.events import emit
from stripe_standin.store import Object, new_id

KIND = "customer_cash_balance_transaction"


def retrieve(books: Books, customer_id: str) -> Object:
    """GET /v1/customers/:id/cash_balance. An empty balance shows no currency, as at Stripe."""
    books.need("customer", customer_id, param="customer")
    yen = available_yen(books, customer_id)
    return {
        "object": "cash_balance",
        "available": {"jpy": yen} if yen else None,
        "customer": customer_id,
        "customer_account": None,
        "livemode": False,
        "settings": {"reconciliation_mode": "automatic", "using_merchant_default": True},
    }


def available_yen(books: Books, customer_id: str) -> int:
    return int((books.find("cash", customer_id) or {}).get("yen", 0))


def move(books: Books, customer_id: str, kind: str, amount_yen: int, about: Any) -> Object:
    """One row of the balance: kind 'funded', 'applied_to_payment', ...; about: its details of that name."""
    ending_yen = available_yen(books, customer_id) + amount_yen
    books.put("cash", {"id": customer_id, "yen": ending_yen})
    row = books.put(
        KIND,
        {
            "id": new_id("ccsbtxn"),
            "object": KIND,
            "created": books.now,
            "currency": "jpy",
            "customer": customer_id,
            "customer_account": None,
            "ending_balance": ending_yen,
            "livemode": False,
            "net_amount": amount_yen,
            "type": kind,
            kind: about,
        },
    )
    emit(books, f"{KIND}.created", row)
    return row


def account(customer_id: str) -> Object:
    """The virtual bank account of one customer: always the same, as at Stripe."""
    digits = str(int(hashlib.sha256(customer_id.encode()).hexdigest(), 16))
    where = {"city": None, "country": "JP", "line1": None, "line2": None, "postal_code": None, "state": None}
    return {
        "type": "zengin",
        "supported_networks": ["zengin"],
        "zengin": {
            "account_holder_address": where,
            "account_holder_name": "ストライプジャパン（カ",
            "account_number": digits[:7],
            "account_type": "futsu",
            "bank_address": where,
            "bank_code": "9999",
            "bank_name": "テスト銀行",
            "branch_code": digits[7:10],
            "branch_name": "テスト支店",
        },
    }
