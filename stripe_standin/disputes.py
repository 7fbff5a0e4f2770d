"""Disputes: the card holder's bank takes the money back, until the dispute is won."""

from __future__ import annotations

from stripe_standin import fraud_warnings
from stripe_standin.books import Books, shown
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.money import DAY, DISPUTE_FEE_YEN, Movement, move
from stripe_standin.store import Object, new_id


def open_dispute(books: Books, charge_id: str, *, reason: str = "fraudulent") -> Object:
    """Withdraw the whole unrefunded amount and the fee for disputes. One dispute per charge."""
    charge = books.need("charge", charge_id, param="charge")
    if charge["disputed"] or not charge["balance_transaction"]:
        raise ApiError(f"Charge {charge_id} is disputed already or not settled yet.", param="charge")
    amount_yen = charge["amount"] - charge["amount_refunded"]
    if charge["_method"] != "card" or not amount_yen:
        raise ApiError(f"Charge {charge_id} is no card's, or has been refunded.", param="charge")
    dispute_id = new_id("du")
    words = f"Chargeback withdrawal for {charge_id}"
    movement = Movement("adjustment", "dispute", -amount_yen, dispute_id, DISPUTE_FEE_YEN, words)
    dispute = {
        "id": dispute_id,
        "object": "dispute",
        "amount": amount_yen,
        "balance_transactions": [shown(move(books, movement))],
        "charge": charge_id,
        "created": books.now,
        "currency": "jpy",
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": books.now + 7 * DAY,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }
    books.put("dispute", dispute)
    books.put("charge", {**charge, "disputed": True})
    fraud_warnings.calm(books, charge_id)
    emit(books, "charge.dispute.created", dispute)
    emit(books, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(books: Books, dispute_id: str, *, status: str) -> Object:
    """won: the amount comes back, the fee does not. lost: nothing moves any more."""
    dispute = books.need("dispute", dispute_id, param="dispute")
    if dispute["status"] in ("won", "lost") or status not in ("won", "lost"):
        raise ApiError("A dispute closes once, as won or as lost.", param="status")
    before = dispute["status"]
    if status == "won":
        words = f"Chargeback reversal for {dispute['charge']}"
        movement = Movement(
            "adjustment", "dispute_reversal", dispute["amount"], dispute_id, description=words
        )
        dispute["balance_transactions"].append(shown(move(books, movement)))
    dispute["status"] = status
    books.put("dispute", dispute)
    if status == "won":
        emit(books, "charge.dispute.funds_reinstated", dispute)
    emit(books, "charge.dispute.closed", dispute, previous={"status": before})
    return dispute
