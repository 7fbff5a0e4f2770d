"""The stand-in's own books, added up from what happened: the outside witness for the product's ledger."""

from __future__ import annotations

from typing import Any

from stripe_standin.books import Books, account_of
from stripe_standin.methods import METHODS
from stripe_standin.money import DISPUTE_FEE_YEN
from stripe_standin.store import Store


def of_all(store: Store, *, key: str | None = None) -> dict[str, Any]:
    """By account id; with a key only that key's account."""
    accounts = [account_of(key)] if key else store.accounts()
    return {"accounts": {account: of_one(Books(store, account)) for account in accounts}}


def of_one(books: Books) -> dict[str, Any]:
    """Sums from charges, refunds, disputes and payouts; `agrees` holds them against the transactions."""
    paid = [row for row in books.all("charge") if row["status"] == "succeeded"]
    settled = [row for row in paid if row["balance_transaction"]]
    disputes = books.all("dispute")
    lost_yen = sum(row["amount"] for row in disputes if row["status"] != "won")
    sums = {
        "charges": len(paid),
        "charged_yen": sum(row["amount"] for row in paid),
        "unsettled_yen": sum(row["amount"] for row in paid if not row["balance_transaction"]),
        "fees_yen": sum(_fee_yen(row) for row in settled),
        "refunded_yen": sum(row["amount"] for row in books.all("refund") if _counts(row)),
        "disputed_yen": lost_yen,
        "dispute_fees_yen": DISPUTE_FEE_YEN * len(disputes),
        "paid_out_yen": sum(row["amount"] for row in books.all("payout") if row["status"] != "failed"),
    }
    out = ("unsettled_yen", "fees_yen", "refunded_yen", "disputed_yen", "dispute_fees_yen", "paid_out_yen")
    sums["balance_yen"] = sums["charged_yen"] - sum(sums[name] for name in out)
    by_transactions = sum(row["net"] for row in books.all("balance_transaction"))
    return {**sums, "agrees": by_transactions == sums["balance_yen"], "payments": _payments(books, paid)}


def _fee_yen(charge: dict[str, Any]) -> int:
    return METHODS[charge["_method"]].fee_yen(charge["amount"])


def _counts(refund: dict[str, Any]) -> bool:
    """Money that left the account: not what failed, not what was the customer's own."""
    return refund["charge"] is not None and refund["status"] not in ("failed", "canceled")


def _payments(books: Books, paid: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sessions = {row["payment_intent"]: row for row in books.all("checkout.session") if row["payment_intent"]}
    nobody: dict[str, Any] = {"id": None, "client_reference_id": None}
    billed = {row["payment"]["payment_intent"]: row["invoice"] for row in books.all("invoice_payment")}
    told = []
    for row in paid:
        invoice = books.find("invoice", billed.get(row["payment_intent"])) or {}
        about = (invoice.get("parent") or {}).get("subscription_details") or {"subscription": None, **row}
        session = sessions.get(row["payment_intent"], {**nobody, "metadata": about["metadata"]})
        told.append(
            {
                "charge": row["id"],
                "payment_intent": row["payment_intent"],
                "session": session["id"],
                "client_reference_id": session["client_reference_id"],
                "metadata": session["metadata"],
                "invoice": invoice.get("id"),
                "subscription": about["subscription"],
                "method": row["_method"],
                "amount_yen": row["amount"],
                "fee_yen": _fee_yen(row) if row["balance_transaction"] else None,
                "refunded_yen": row["amount_refunded"],
                "disputed": row["disputed"],
            }
        )
    return told
