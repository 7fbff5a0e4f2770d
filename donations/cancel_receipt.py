"""Cancel a receipt: the number stays taken, the paper stays kept, the public page says that it is void."""

from django.db import transaction

from audit.record import record
from donations.errors import ReceiptCancelled
from donations.models import Donation, Receipt, ReceiptAsk, ReceiptLine
from donations.rules import may_issue_receipts
from kernel.clock import now
from outbox.put import put
from programs.models import Membership
from programs.rules import require

REFUNDED = "refunded"  # what the trail says when a refund cancels it


@transaction.atomic
def cancel_receipt(*, receipt: Receipt, reason: str, is_replaced: bool, actor: Membership) -> Receipt:
    """Cancel it; its gifts may go on another receipt.

    is_replaced: a new one for what is left of its gifts follows by itself, as it was asked for.
    Raises NotAllowed, ReceiptCancelled; nothing is written then.
    """
    require(may_issue_receipts(actor))
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if not receipt.is_valid:
        raise ReceiptCancelled
    return _cancel(receipt, reason, is_replaced, actor)


@transaction.atomic
def cancel_receipt_of(*, donation: Donation) -> Receipt | None:
    """A refund of the gift was made: its receipt no longer says the truth. None when it is on none.

    Called by the refund in its own transaction, which has asked who may. A new receipt for the rest
    (and for the other gifts of a year's receipt) follows by itself.
    """
    line = ReceiptLine.objects.filter(donation=donation, is_valid=True).first()
    if line is None:
        return None
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=line.receipt_id)
    return _cancel(receipt, REFUNDED, True, None) if receipt.is_valid else None


@transaction.atomic
def renew_receipt_of(*, donation: Donation) -> None:
    """Money that had gone back is here again: a receipt that was asked for follows by itself.

    Called in the transaction that booked it. One for less than what is kept now is cancelled first.
    """
    cancel_receipt_of(donation=donation)
    for ask in ReceiptAsk.objects.filter(donation=donation):
        put("receipt_asked", about=f"receipt_ask:{ask.pk}", ask_id=ask.pk)


def _cancel(receipt: Receipt, reason: str, is_replaced: bool, actor: Membership | None) -> Receipt:
    receipt.state, receipt.cancelled_at = Receipt.State.CANCELLED, now()
    receipt.cancelled_by, receipt.cancelled_because = actor, reason
    receipt.save(update_fields=["state", "cancelled_at", "cancelled_by", "cancelled_because"])
    receipt.lines.update(is_valid=False)
    record("receipt.cancelled", actor=actor, subject=f"receipt:{receipt.pk}", is_replaced=is_replaced)
    put("receipt_cancelled", about=f"receipt:{receipt.pk}", receipt_id=receipt.pk)
    if is_replaced:
        put("receipt_asked", about=f"receipt_ask:{receipt.ask_id}", ask_id=receipt.ask_id)
    return receipt
