"""Withdraw a refund that was proposed and not approved."""

from django.db import transaction

from audit.record import record
from donations.errors import RefundDecided
from donations.models import Refund
from donations.refund import hold_gift
from donations.rules import may_refund
from kernel.clock import now
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def withdraw_refund(*, refund: Refund, actor: Membership) -> Refund:
    """The proposal ends and its yen are free again: by who made it, or by another person who says no.

    No money moves. A repeat is the same as once. Raises NotAllowed, RefundDecided; nothing is written then.
    """
    require(may_refund(actor))
    hold_gift(refund.donation_id)
    refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund.pk)
    if refund.state == Refund.State.WITHDRAWN:
        return refund
    if not refund.is_proposed:
        raise RefundDecided
    refund.state, refund.decided_by = Refund.State.WITHDRAWN, actor
    refund.decided_at = refund.ended_at = now()
    refund.save(update_fields=["state", "decided_by", "decided_at", "ended_at"])
    record("refund.withdrawn", actor=actor, subject=refund.source, amount_yen=refund.amount_yen)
    return refund
