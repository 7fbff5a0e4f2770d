"""What comes after a payment: refunds and disputes."""

from datetime import UTC, datetime
from typing import Any

from donations.errors import PaymentPageRefused, RefundNotPossible
from donations.models import Dispute, Donation, Organisation, Refund
from donations.stripe_gateway.connection import answers, client_of, noted
from donations.stripe_said import After, DisputeSaid, RefundSaid

# No way leads back: Stripe writes to the donor and asks for a bank account.
ASKS_BY_MAIL = (Donation.Method.KONBINI, Donation.Method.BANK_TRANSFER)


def ask_for_refund(*, organisation: Organisation, refund: Refund, charge_id: str) -> RefundSaid:
    """Have money sent back, once per refund however often asked.

    Raises PaymentServiceAway (asking again is safe), RefundNotPossible when Stripe will not do it.
    """
    asked = {
        "charge": charge_id,
        "amount": refund.amount_yen,
        "reason": "requested_by_customer",
        "metadata": {"refund": str(refund.request_key)},
    }
    if refund.donation.method in ASKS_BY_MAIL:
        asked["instructions_email"] = refund.donation.email
    try:
        with answers():
            made = client_of(organisation).v1.refunds.create(
                asked,  # type: ignore[arg-type]
                {"idempotency_key": f"refund:{refund.request_key}"},
            )
    except PaymentPageRefused as refusal:
        raise RefundNotPossible from refusal
    return _refund_of(made)


def fetch_after(*, organisation: Organisation, charge_id: str) -> After:
    """Ask for the refunds and disputes of a charge, the oldest first. Raises PaymentServiceAway."""
    with answers():
        client = client_of(organisation).v1
        refunds = list(client.refunds.list({"charge": charge_id, "limit": 100}).auto_paging_iter())
        disputes = list(client.disputes.list({"charge": charge_id, "limit": 100}).auto_paging_iter())
    return After(
        [_refund_of(one) for one in reversed(refunds)], [_dispute_of(one) for one in reversed(disputes)]
    )


def _refund_of(said: Any) -> RefundSaid:
    state = Refund.State.DONE if said.balance_transaction else Refund.State.ASKED
    if said.status in ("failed", "canceled"):
        state = Refund.State.FAILED
    reference = noted(said.metadata, "refund")
    is_on_its_way = said.status in ("requires_action", "pending")
    return RefundSaid(
        refund_id=said.id,
        reference=reference,
        amount_yen=said.amount,
        state=state,
        reason=str(said.reason or ""),
        asked_at=datetime.fromtimestamp(said.created, UTC),
        is_on_its_way=is_on_its_way,
        answer_by=_answer_by(said),
    )


def _answer_by(said: Any) -> datetime | None:
    """Until when Stripe waits for the donor's bank account; None when it does not wait."""
    waits = said.status == "requires_action" and said.next_action
    details = said.next_action.display_details if waits else None
    return datetime.fromtimestamp(details.expires_at, UTC) if details else None


def _dispute_of(said: Any) -> DisputeSaid:
    """The money's way is read from the movements, not from the status."""
    states = {"won": Dispute.State.WON, "lost": Dispute.State.LOST}
    moved = list(said.balance_transactions or [])
    due = said.evidence_details.due_by if said.evidence_details else None
    return DisputeSaid(
        dispute_id=said.id,
        amount_yen=said.amount,
        fee_yen=sum(line.fee for line in moved if line.amount < 0),
        fee_returned_yen=-sum(line.fee for line in moved if line.amount > 0),
        state=states.get(said.status, Dispute.State.OPEN),
        reason=str(said.reason or ""),
        due_by=datetime.fromtimestamp(due, UTC) if due else None,
        opened_at=datetime.fromtimestamp(said.created, UTC),
        is_withdrawn=any(line.amount < 0 for line in moved),
        is_returned=any(line.amount > 0 for line in moved),
    )
