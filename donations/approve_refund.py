"""Approve a refund that another person proposed."""

from django.db import transaction

from audit.record import record
from donations.errors import NotRefundable, RefundDecided, RefundProposedYourself
from donations.models import Refund
from donations.refund import book_refund, hold_gift, is_held_by_dispute
from donations.rules import may_refund
from donations.take_back import asked_yen, gone_yen
from kernel.clock import now
from kernel.yen import written_yen
from outbox.put import put
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def approve_refund(*, refund: Refund, actor: Membership) -> Refund:
    """The second person says yes. Stripe is asked next; of a gift by hand the money is booked out of the bank now.

    The gift is looked at again: since the proposal it may have been disputed, or paid back at Stripe's page.
    A repeat is the same as once.
    Raises NotAllowed, RefundProposedYourself, RefundDecided, NotRefundable; nothing is written then.
    """
    require(may_refund(actor))
    donation = hold_gift(refund.donation_id)
    refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund.pk)
    if refund.decided_by_id == actor.pk and refund.state != Refund.State.WITHDRAWN:
        return refund
    if not refund.is_proposed:
        raise RefundDecided
    if refund.asked_by_id == actor.pk:
        raise RefundProposedYourself
    left_yen = max(donation.amount_yen - gone_yen(donation) - asked_yen(donation) + refund.amount_yen, 0)
    most_yen = 0 if is_held_by_dispute(donation) else left_yen
    if refund.amount_yen > most_yen:
        raise NotRefundable(most=written_yen(most_yen))
    refund.state, refund.decided_by, refund.decided_at = Refund.State.ASKED, actor, now()
    refund.save(update_fields=["state", "decided_by", "decided_at"])
    record("refund.approved", actor=actor, subject=refund.source, amount_yen=refund.amount_yen)
    if donation.is_by_hand:
        book_refund(donation, refund)
    else:
        put("refund_asked", about=refund.source, refund_id=refund.pk)
    return refund
