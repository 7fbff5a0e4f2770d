"""Take one whole use back: the money goes from the school to the coupon again."""

from datetime import date

from django.db import transaction

from audit.record import record
from coupons.errors import AlreadyReversed, ReasonMissing, TooLateHere
from coupons.models import Redemption, Reversal
from coupons.rules import may_reverse, may_reverse_any_day
from kernel.clock import now, today
from ledger.hold import hold_yen
from ledger.post import post_reversal
from programs.models import Membership
from programs.rules import require


@transaction.atomic
def reverse(
    *, redemption: Redemption, actor: Membership, reason: str = "", on: date | None = None
) -> Reversal:
    """Undo `redemption`. A counter does so on the same Japanese day, the office later with a reason.

    The caller has decided that a counter's actor stands at the place of the use. A coupon that has
    ended gets its money back and stays closed; expire brings it on to the fund.
    Raises AlreadyReversed, TooLateHere, ReasonMissing; nothing is written then.
    """
    require(may_reverse(actor))
    hold_yen(redemption.coupon.account_id)
    check_reversible(redemption, actor, reason.strip(), on or today())

    undone: Reversal = Reversal.objects.create(
        redemption=redemption, reason=reason.strip(), reversed_by=actor, reversed_at=now()
    )
    about = f"reversal:{undone.pk}"
    post_reversal(of_source=f"redemption:{redemption.pk}", source=about)
    record(
        "coupon.reversed",
        actor=actor,
        subject=f"redemption:{redemption.pk}",
        amount_yen=redemption.amount_yen,
        coupon_id=redemption.coupon_id,
    )
    return undone


def check_reversible(redemption: Redemption, actor: Membership, reason: str, on: date) -> None:
    """Whether this use may be taken back by `actor` on that day. Under the coupon's lock."""
    if Reversal.objects.filter(redemption=redemption).exists():
        raise AlreadyReversed
    if may_reverse_any_day(actor):
        if not reason:
            raise ReasonMissing
    elif on != redemption.redeemed_on:
        raise TooLateHere
