"""Refunds: all or part of a charge goes back; the fee does not.

Cards and PayPay get it back by the way it came. Konbini and bank transfers have no such way: Stripe
writes to the payer, who names an account, and the refund waits for that.
"""

from __future__ import annotations

from stripe_standin import cash_balances, charges, fraud_warnings
from stripe_standin.books import Books
from stripe_standin.errors import ApiError
from stripe_standin.events import emit
from stripe_standin.methods import METHODS, Method
from stripe_standin.money import DAY, Movement, move
from stripe_standin.params import Params, choice, integer, metadata, only, required, text
from stripe_standin.store import Object, new_id

KNOWN = {
    "amount", "charge", "currency", "customer", "expand", "instructions_email", "metadata", "origin",
    "payment_intent", "reason",
}  # fmt: skip
REASONS = ("duplicate", "fraudulent", "requested_by_customer")
DAYS_TO_ANSWER = 45
NEXT = {  # what the control door may make of a refund
    "requires_action": ("pending", "succeeded", "failed", "canceled"),
    "pending": ("succeeded", "failed", "requires_action"),
    "succeeded": ("failed",),  # a bank may send it back even then
}


def create(books: Books, params: Params) -> Object:
    """Raises ApiError for more than what is left, for a disputed and for a fully refunded charge."""
    only(params, KNOWN)
    if "origin" in params:
        return _from_cash_balance(books, params)
    reason = choice(params, "reason", REASONS, None)
    charge = charges.settle(books, _charge(books, params))
    amount_yen = _amount_yen(charge, params)
    method = METHODS[charge["_method"]]
    email = text(params, "instructions_email") or charge["billing_details"]["email"]
    refund = _refund(books, amount_yen, method=method, email=email)
    refund.update(
        charge=charge["id"],
        metadata=metadata(params),
        payment_intent=charge["payment_intent"],
        reason=reason,
    )
    kind, words = method.refund_booked_as, "REFUND FOR CHARGE"
    movement = Movement(kind, "refund", -amount_yen, refund["id"], description=words)
    refund["balance_transaction"] = move(books, movement)["id"]
    books.put("refund", refund)
    emit(books, "refund.created", refund)
    _change_charge(books, charge["id"], amount_yen, "charge.refunded")
    return refund


def update(books: Books, refund_id: str, params: Params) -> Object:
    only(params, {"expand", "metadata"})
    refund = books.need("refund", refund_id)
    before = {"metadata": refund["metadata"]}
    refund["metadata"] = metadata(params, before=refund["metadata"])
    books.put("refund", refund)
    emit(books, "refund.updated", refund, previous=before)
    return refund


def cancel(books: Books, refund_id: str) -> Object:
    """Only while the payer was not heard of."""
    refund = books.need("refund", refund_id)
    if refund["status"] != "requires_action":
        raise ApiError(f"Refunds with a status of {refund['status']} cannot be canceled.")
    return advance(books, refund_id, status="canceled", reason="merchant_request")


def advance(books: Books, refund_id: str, *, status: str, reason: str = "unknown") -> Object:
    """The next step of a refund. Failed and canceled ones give the money back to the account."""
    refund = books.need("refund", refund_id, param="refund")
    if status not in NEXT.get(refund["status"], ()):
        raise ApiError(f"A refund that is {refund['status']} cannot become {status}.", param="status")
    before = {"status": refund["status"]}
    refund.update(status=status, next_action=refund["next_action"] if status == "requires_action" else None)
    refund["pending_reason"] = "processing" if status == "pending" else None
    if status in ("failed", "canceled"):
        refund["failure_reason"] = reason
        if refund["charge"]:
            kind, words = _failure_kind(books, refund), "REFUND FAILURE"
            movement = Movement(kind, "refund_failure", refund["amount"], refund["id"], description=words)
            refund["failure_balance_transaction"] = move(books, movement)["id"]
        else:
            about = {"refund": refund["id"]}
            cash_balances.move(books, refund["customer"], "return_canceled", refund["amount"], about)
    books.put("refund", refund)
    if status in ("failed", "canceled") and refund["charge"]:
        _change_charge(books, refund["charge"], -refund["amount"], "charge.refund.updated", told=refund)
    emit(books, "refund.updated", refund, previous=before)
    if status == "failed":
        emit(books, "refund.failed", refund)
    return refund


def _failure_kind(books: Books, refund: Object) -> str:
    charge = books.need("charge", refund["charge"])
    return "refund_failure" if charge["_method"] == "card" else "payment_failure_refund"


def _change_charge(
    books: Books, charge_id: str, amount_yen: int, event_type: str, *, told: Object | None = None
) -> None:
    charge = books.need("charge", charge_id)
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    refunded_yen = charge["amount_refunded"] + amount_yen
    charge.update(amount_refunded=refunded_yen, refunded=refunded_yen == charge["amount"])
    books.put("charge", charge)
    changed = {name: value for name, value in before.items() if value != charge[name]}
    emit(books, event_type, told or charge, previous=None if told else changed)
    if charge["refunded"]:
        fraud_warnings.calm(books, charge_id)


def _refund(books: Books, amount_yen: int, *, method: Method, email: str | None) -> Object:
    refund: Object = {
        "id": new_id(method.refund_prefix),
        "object": "refund",
        "amount": amount_yen,
        "balance_transaction": None,
        "charge": None,
        "created": books.now,
        "currency": "jpy",
        "destination_details": _destination(method),
        "failure_balance_transaction": None,
        "failure_reason": None,
        "instructions_email": None,
        "metadata": {},
        "next_action": None,
        "payment_intent": None,
        "pending_reason": None,
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    if method.refund_asks_by_mail:
        if not email:
            message = "This payment method asks the payer for an account by e-mail: give instructions_email."
            raise ApiError(message, code="parameter_missing", param="instructions_email")
        sent = {"email_sent_at": books.now, "email_sent_to": email}
        details = {"email_sent": sent, "expires_at": books.now + DAYS_TO_ANSWER * DAY}
        refund.update(
            instructions_email=email,
            next_action={"type": "display_details", "display_details": details},
            status="requires_action",
        )
    return refund


def _destination(method: Method) -> Object:
    if method.name == "card":
        return {"card": {"type": "pending"}, "type": "card"}
    if method.refund_asks_by_mail:
        return {"jp_bank_transfer": {"reference": None, "reference_status": None}, "type": "jp_bank_transfer"}
    return {method.name: {}, "type": method.name}


def _from_cash_balance(books: Books, params: Params) -> Object:
    """Money that belongs to no payment goes back to the customer; the account's books stay untouched."""
    choice(params, "origin", ("customer_balance",), None)
    customer = books.need("customer", required(params, "customer"), param="customer")
    amount_yen = integer(required(params, "amount"), "amount")
    left_yen = cash_balances.available_yen(books, customer["id"])
    if not 1 <= amount_yen <= left_yen:
        message = (
            f"Refund amount (¥{amount_yen:,}) is greater than the customer's cash balance (¥{left_yen:,})."
        )
        raise ApiError(message, param="amount")
    email = text(params, "instructions_email") or customer["email"]
    refund = _refund(books, amount_yen, method=METHODS["customer_balance"], email=email)
    refund.update(customer=customer["id"], metadata=metadata(params))
    books.put("refund", refund)
    cash_balances.move(books, customer["id"], "return_initiated", -amount_yen, {"refund": refund["id"]})
    emit(books, "refund.created", refund)
    return refund


def _charge(books: Books, params: Params) -> Object:
    charge_id, intent_id = text(params, "charge"), text(params, "payment_intent")
    if not charge_id and not intent_id:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise ApiError(message, code="parameter_missing")
    if not charge_id:
        intent = books.need("payment_intent", intent_id or "", param="payment_intent")
        if not intent["latest_charge"]:
            raise _nothing_to_refund(intent["id"])
        charge_id = intent["latest_charge"]
    charge = books.need("charge", charge_id or "", param="charge")
    if charge["status"] != "succeeded":
        raise _nothing_to_refund(charge["payment_intent"])
    return charge


def _nothing_to_refund(intent_id: str) -> ApiError:
    message = f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
    return ApiError(message, param="payment_intent")


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
