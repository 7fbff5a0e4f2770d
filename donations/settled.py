"""When a gift's money is ours for good, how much of it, and which day stands on its receipt."""

from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from donations.models import DatePolicy, Donation, Organisation
from kernel.clock import day_of, start_of


def is_settled(donation: Donation) -> bool:
    """Paid, and Stripe has booked the charge (its fee is known). Only then is there a receipt."""
    return donation.state == Donation.State.PAID and donation.fee_yen is not None


def kept_yen(donation: Donation) -> int:
    """What is left of the gift after refunds: the sum a receipt may state. 0: nothing is left."""
    return donation.kept_yen


def receipt_day(donation: Donation, policy: str) -> date:
    """The day that stands on the receipt of a settled gift, by the organisation's policy."""
    if donation.paid_at is None:
        raise RuntimeError("a gift that is not paid has no day")
    is_received = policy == DatePolicy.RECEIVED
    return day_of((donation.settled_at or donation.paid_at) if is_received else donation.paid_at)


def settled_gifts(organisation: Organisation, first_day: date, next_day: date) -> QuerySet[Donation]:
    """The organisation's settled gifts whose receipt day lies from `first_day` to before `next_day`."""
    by_policy = "paid_at"
    gifts: QuerySet[Donation] = Donation.objects.filter(
        campaign__organisation=organisation, state=Donation.State.PAID, fee_yen__isnull=False
    )
    if organisation.receipt_date_policy == DatePolicy.RECEIVED:
        gifts, by_policy = gifts.annotate(received_at=Coalesce("settled_at", "paid_at")), "received_at"
    bounds = {f"{by_policy}__gte": start_of(first_day), f"{by_policy}__lt": start_of(next_day)}
    return gifts.filter(**bounds).order_by(by_policy, "id")
