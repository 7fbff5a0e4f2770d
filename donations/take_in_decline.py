"""The goal was met and a saved card could not be charged: the donor has some days to pay by hand."""

from datetime import datetime, timedelta

from audit.record import record
from donations.models import Donation, SavedCard
from donations.stripe_said import Payment
from kernel.clock import now, start_of, today
from outbox.put import put

PAY_DAYS = 7  # whole days after the day of the decline
REMIND_DAYS = 3  # before the last of them


def pay_until() -> datetime:
    """The end of the last day on which a declined gift may still be paid."""
    return start_of(today() + timedelta(days=PAY_DAYS + 1)) - timedelta(seconds=1)


def take_in_decline(*, donation: Donation, payment: Payment) -> Donation:
    """Write it down once, and mail the way to pay. The caller holds the gift and a transaction."""
    card = SavedCard.objects.get(donation=donation)
    card.declined_at, card.decline_code = now(), payment.decline_code
    card.tried_at = card.tried_at or card.declined_at
    card.save(update_fields=["declined_at", "decline_code", "tried_at"])
    donation.state, donation.pay_until = Donation.State.DECLINED, pay_until()
    donation.save(update_fields=["state", "pay_until"])
    record("donation.declined", actor=None, subject=donation.source, code=payment.decline_code)
    put("promise_declined", about=donation.source, donation_id=donation.pk)
    return donation
