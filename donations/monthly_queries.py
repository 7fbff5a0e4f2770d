"""What the pages about monthly gifts read."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from donations.models import Donation, Pledge

RAN = (Pledge.State.ACTIVE, Pledge.State.ENDED)


@dataclass(frozen=True)
class MonthlySums:
    """The monthly gifts of a program now."""

    count: int  # running and not being stopped
    yen: int  # what they bring each month
    declined: int  # of them, those whose last month could not be charged


def pledges_of(user: Any) -> QuerySet[Pledge]:
    """A donor's own monthly gifts that ever ran: those that run first, then the newest."""
    own: QuerySet[Pledge] = Pledge.objects.filter(user=user.pk, state__in=RAN)
    return own.select_related("campaign__organisation").order_by("state", "-id")  # active < ended


def months_of(pledge: Pledge) -> QuerySet[Donation]:
    """Its paid months, the newest first."""
    months: QuerySet[Donation] = pledge.donations.filter(state=Donation.State.PAID)
    return months.order_by("-paid_at", "-id")


def monthly_sums() -> MonthlySums:
    """One query."""
    going_on = Q(stop_asked_at=None)
    sums = Pledge.objects.filter(state=Pledge.State.ACTIVE).aggregate(
        count=Count("id", filter=going_on),
        yen=Sum("amount_yen", filter=going_on, default=0),
        declined=Count("id", filter=going_on & ~Q(declined_invoice_id="")),
    )
    return MonthlySums(**sums)


def pledges_listed(asked: str = "") -> QuerySet[Pledge]:
    """For the secretariat: those that run, the declined ones first, then the newest; then those that ended.

    asked: a whole e-mail address or a part of a shown name; empty: all. `last_gift_id`: its latest paid month,
    whose page tells the whole address and records the look, as for any gift.
    """
    ran: QuerySet[Pledge] = Pledge.objects.filter(state__in=RAN).select_related("campaign")
    if asked:
        ran = ran.filter(Q(email=asked.lower()) | Q(public_name__contains=asked))
    paid = Q(donations__state=Donation.State.PAID)
    listed = ran.annotate(
        months=Count("donations", filter=paid), last_gift_id=Max("donations__id", filter=paid)
    )
    return listed.order_by("state", "-declined_invoice_id", "-id")
