"""Balance transactions: every movement of an account's money is one row with amount, fee and net."""

from __future__ import annotations

from dataclasses import dataclass

from stripe_standin.books import Books
from stripe_standin.store import Object, new_id

DISPUTE_FEE_YEN = 1_500
DAYS_TO_AVAILABLE = 4
DAY = 86_400


@dataclass(frozen=True)
class Movement:
    """amount_yen is signed as the account sees it; a fee makes the net smaller."""

    kind: str
    category: str
    amount_yen: int
    source: str
    fee_yen: int = 0
    description: str | None = None


def move(books: Books, movement: Movement) -> Object:
    """Write one balance transaction. Returns it."""
    fees = [{"amount": movement.fee_yen, "application": None, "currency": "jpy",
             "description": "Stripe processing fees", "type": "stripe_fee"}]  # fmt: skip
    return books.put(
        "balance_transaction",
        {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": movement.amount_yen,
            "available_on": books.now + DAYS_TO_AVAILABLE * DAY,
            "balance_type": "payments",
            "created": books.now,
            "currency": "jpy",
            "description": movement.description,
            "exchange_rate": None,
            "fee": movement.fee_yen,
            "fee_details": fees if movement.fee_yen else [],
            "net": movement.amount_yen - movement.fee_yen,
            "reporting_category": movement.category,
            "source": movement.source,
            "status": "pending",
            "type": movement.kind,
            "_payout": None,
        },
    )


def balance(books: Books) -> Object:
    """GET /v1/balance: what is available and what is still on its way."""
    rows = books.all("balance_transaction")
    sums = {
        status: sum(row["net"] for row in rows if _status(books, row) == status)
        for status in ("available", "pending")
    }
    parts = {
        status: [{"amount": yen, "currency": "jpy", "source_types": {"card": yen}}]
        for status, yen in sums.items()
    }
    return {"object": "balance", "livemode": False, **parts}


def _status(books: Books, row: Object) -> str:
    return "available" if row["status"] == "available" or row["available_on"] <= books.now else "pending"
