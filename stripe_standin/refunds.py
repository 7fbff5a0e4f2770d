"""Refunds: all or part of a charge goes back; the fee does not."""

from __future__ import annotations

from stripe_standin import charges
from stripe_standin.books import Books
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.money import Movement, move
from stripe_standin.params import Params, choice, integer, metadata, only, text
from stripe_standin.store import Object, new_id

KNOWN = {"amount", "charge", "expand", "metadata", "payment_intent", "reason"}
REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(books: Books, params: Params) -> Object:
    """Raises ApiError for more than what is left, for a disputed and for a fully refunded charge."""
    only(params, KNOWN)
    reason = choice(params, "reason", REASONS, None)
    charge = charges.settle(books, _charge(books, params))
    amount_yen = _amount_yen(charge, params)
    refund: Object = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount_yen,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": books.now,
        "currency": "jpy",
        "destination_details": {"card": {"type": "pending"}, "type": "card"},
        "metadata": metadata(params),
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    movement = Movement("refund", "refund", -amount_yen, refund["id"], description="REFUND FOR CHARGE")
    refund["balance_transaction"] = move(books, movement)["id"]
    books.put("refund", refund)
    refunded_yen = charge["amount_refunded"] + amount_yen
    before = {"amount_refunded": charge["amount_refunded"]}
    charge.update(amount_refunded=refunded_yen, refunded=refunded_yen == charge["amount"])
    books.put("charge", charge)
    emit(books, "refund.created", refund)
    emit(books, "charge.refunded", charge, previous=before)
    return refund


def _charge(books: Books, params: Params) -> Object:
    charge_id, intent_id = text(params, "charge"), text(params, "payment_intent")
    if not charge_id and not intent_id:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise ApiError(message, code="parameter_missing")
    if not charge_id:
        intent = books.need("payment_intent", intent_id or "", param="payment_intent")
        charge_id = intent["latest_charge"]
    charge = books.need("charge", charge_id or "", param="charge")
    if charge["status"] != "succeeded":
        intent_id = charge["payment_intent"]
        message = f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
        raise ApiError(message, param="payment_intent")
    return charge


def _amount_yen(charge: Object, params: Params) -> int:
    left_yen = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"]:
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise ApiError(message, code="charge_disputed")
    if left_yen == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise ApiError(message, code="charge_already_refunded")
    if "amount" not in params:
        return int(left_yen)
    amount_yen = integer(params["amount"], "amount")
    if amount_yen < 1:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount_yen > left_yen:
        message = (
            f"Refund amount (¥{amount_yen:,}) is greater than unrefunded amount on charge (¥{left_yen:,})"
        )
        raise ApiError(message, param="amount")
    return amount_yen
