"""After the last day, and after each window: what is left goes back to the fund it came from."""

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from audit.record import record
from coupons.models import Coupon, Expiry, UseRules
from coupons.redeem import used_yen
from coupons.use_rules import read_rules, still_usable_yen
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


@transaction.atomic
def expire_windows_due(on: date) -> int:
    """Return to the fund what up to 50 coupons did not use in windows that ended before the Japanese day `on`.

    The machine's verb, as expire_due(); the coupon stays open. How many were looked at.
    """
    found = 0
    for row in UseRules.objects.exclude(windows=[]).filter(carries_over=False).order_by("id"):
        usable_yen = still_usable_yen(read_rules(row), on)
        richer = Coupon.objects.filter(
            rules=row, state=Coupon.State.ACTIVE, account__balances__balance_yen__gt=usable_yen
        )
        for coupon in richer.order_by("id")[: PER_TRANSACTION - found]:
            _expire_windows(coupon, on)
            found += 1
    return found


def _expire_windows(coupon: Coupon, on: date) -> None:
    held_yen = hold_yen(coupon.account_id)
    rules = read_rules(coupon.rules)
    used_now = sum(
        used_yen(coupon, one.first_day, one.last_day)
        for one in rules.windows
        if one.first_day <= on <= one.last_day
    )
    over_yen = held_yen - ((still_usable_yen(rules, on) or 0) - used_now)
    if over_yen > 0:
        ended = Expiry.objects.create(coupon=coupon, amount_yen=over_yen, expired_at=now())
        post(debit=coupon.account, credit=coupon.fund, amount_yen=over_yen, source=f"expiry:{ended.pk}")
        record("coupon.window_over", actor=None, subject=f"coupon:{coupon.pk}", amount_yen=over_yen)


def expire_program(program_id: int, on: date) -> int:
    """All of one program, a few at a time, so that issuing from the same fund never waits long."""
    closed = 0
    for verb in (expire_due, expire_windows_due):
        few = PER_TRANSACTION
        while few == PER_TRANSACTION:
            with acting_in(program_id):
                few = verb(on)
            closed += few
    return closed
