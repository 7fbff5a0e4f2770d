"""Payouts: the account's money goes to its bank. Automatic at Stripe; here on the control's word."""

from __future__ import annotations

from stripe_standin.books import Books
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.money import Movement, move
from stripe_standin.shelves import OPEN
from stripe_standin.store import Object, new_id


def pay_out(books: Books, *, up_to: int | None = None) -> Object:
    """Pay out every transaction not paid out yet (created until `up_to`, unix seconds).

    The sum of their net is the payout; as at Stripe, `balance_transactions?payout=` also lists
    the payout's own transaction, type 'payout', with the opposite sign.
    """
    bound = books.now if up_to is None else up_to
    rows = [row for row in books.having("balance_transaction", OPEN) if row["created"] <= bound]
    total = sum(row["net"] for row in rows)
    if total <= 0:
        raise ApiError("Nothing to pay out: the balance is not above zero.", code="balance_insufficient")
    payout = _payout(books, total)
    own = move(
        books,
        Movement("payout", "payout", -total, payout["id"], description="STRIPE PAYOUT"),
    )
    payout["balance_transaction"] = own["id"]
    books.put("payout", payout)
    for row in [*rows, own]:
        row.update(status="available", _payout=payout["id"])
        books.put("balance_transaction", row)
    emit(books, "payout.created", payout)
    payout = books.put("payout", {**payout, "status": "paid"})
    emit(books, "payout.paid", payout, previous={"status": "pending"})
    payout = books.put("payout", {**payout, "reconciliation_status": "completed"})
    emit(books, "payout.reconciliation_completed", payout)
    return payout


def fail(books: Books, payout_id: str, *, code: str = "account_closed") -> Object:
    """The bank sent it back. The money is in the balance again and goes out with the next payout."""
    payout = books.need("payout", payout_id, param="payout")
    if payout["status"] not in ("paid", "in_transit", "pending"):
        raise ApiError(f"A payout that is {payout['status']} cannot fail.", param="payout")
    before = {"status": payout["status"], "failure_code": None, "failure_balance_transaction": None}
    words = "STRIPE PAYOUT FAILURE"
    back = move(
        books,
        Movement("payout_failure", "payout_reversal", payout["amount"], payout_id, description=words),
    )
    payout.update(
        status="failed",
        failure_balance_transaction=back["id"],
        failure_code=code,
        failure_message="The bank account could not receive the payout.",
    )
    books.put("payout", payout)
    emit(books, "payout.failed", payout, previous=before)
    return payout


def _payout(books: Books, total_yen: int) -> Object:
    return {
        "id": new_id("po"),
        "object": "payout",
        "amount": total_yen,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": books.now,
        "automatic": True,
        "balance_transaction": None,
        "created": books.now,
        "currency": "jpy",
        "description": "STRIPE PAYOUT",
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "in_progress",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "pending",
        "type": "bank_account",
    }
