"""Propose that a gift goes back: a large amount, or a gift by hand. Another person approves it."""

from uuid import UUID

from django.db import transaction

from audit.record import record
from donations.models import Donation, Refund
from donations.refund import check_refund, hold_gift, repeated_refund
from donations.rules import may_refund
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def propose_refund(
    *, donation: Donation, amount_yen: int, reason: str, request_key: UUID, actor: Membership
) -> Refund:
    """Write the proposal down and keep its yen free of other refunds. No money moves.

    Repeating a request key returns the first.
    Raises NotAllowed, ReasonNeeded, NotRefundable, RefundKeyUsed; nothing is written then.
    """
    require(may_refund(actor))
    donation = hold_gift(donation.pk)
    repeated = repeated_refund(donation, amount_yen, request_key)
    if repeated:
        return repeated
    check_refund(donation, amount_yen, reason)
    proposed: Refund = Refund.objects.create(
        donation=donation,
        request_key=request_key,
        amount_yen=amount_yen,
        reason=reason.strip(),
        asked_by=actor,
        needs_second=True,
        state=Refund.State.PROPOSED,
    )
    record(
        "refund.proposed", actor=actor, subject=proposed.source, gift=donation.source, amount_yen=amount_yen
    )
    return proposed
