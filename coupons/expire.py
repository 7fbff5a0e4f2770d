"""After the last day: close the coupon; what is left goes back to the fund it came from."""

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from audit.record import record
from coupons.models import Coupon, Expiry
from kernel.clock import now
from ledger.hold import hold_yen
from ledger.post import post
from programs.scoping import acting_in

PER_TRANSACTION = 50


def due(on: date) -> QuerySet[Coupon]:
    """Coupons whose last day is over and that are open, or closed with money come back since."""
    has_money = Q(account__balances__balance_yen__gt=0)
    closed_with_money = Q(state=Coupon.State.EXPIRED) & has_money
    is_due = Q(state=Coupon.State.ACTIVE) | closed_with_money
    found: QuerySet[Coupon] = Coupon.objects.filter(is_due, last_day__lt=on).order_by("id")
    return found


@transaction.atomic
def expire_due(on: date) -> int:
    """Close up to 50 coupons that ended before the Japanese day `on`. How many were closed.

    The machine's verb: every night, and harmless to repeat. Nobody is told; the family's page shows it.
    """
    found = list(due(on).values_list("pk", flat=True)[:PER_TRANSACTION])
    for coupon_id in found:
        _expire(coupon_id)
    return len(found)


def _expire(coupon_id: int) -> None:
    coupon = Coupon.objects.select_for_update(of=("self",), no_key=True).get(pk=coupon_id)
    left_yen = hold_yen(coupon.account_id)
    if coupon.state != Coupon.State.EXPIRED:
        coupon.state = Coupon.State.EXPIRED
        coupon.save(update_fields=["state"])
        record("coupon.expired", actor=None, subject=f"coupon:{coupon.pk}", left_yen=left_yen)
    if left_yen:
        ended = Expiry.objects.create(coupon=coupon, amount_yen=left_yen, expired_at=now())
        post(debit=coupon.account, credit=coupon.fund, amount_yen=left_yen, source=f"expiry:{ended.pk}")


def expire_program(program_id: int, on: date) -> int:
    """All of one program, a few at a time, so that issuing from the same fund never waits long."""
    closed = 0
    while True:
        with acting_in(program_id):
            few = expire_due(on)
        closed += few
        if few < PER_TRANSACTION:
            return closed
