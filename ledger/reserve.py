"""The loss reserve: what pays donors back after their money became coupons, and what stops while it is empty."""

from django.db.models import Q, Sum

from ledger.models import Account, Kind, Transfer


def reserve_yen() -> int:
    """What the program's loss reserve holds; below zero when more went back than it held. One query."""
    into = Sum("amount_yen", filter=Q(credit__kind=Kind.LOSS_RESERVE), default=0)
    out = Sum("amount_yen", filter=Q(debit__kind=Kind.LOSS_RESERVE), default=0)
    moved = Transfer.objects.filter(Q(credit__kind=Kind.LOSS_RESERVE) | Q(debit__kind=Kind.LOSS_RESERVE))
    sums = moved.aggregate(into=into, out=out)
    return int(sums["into"] - sums["out"])


def short_yen_for(fund: Account) -> int:
    """How much the reserve is below zero, if that stops new coupons from `fund`; else 0.

    It stops a fund that money came into through the payment company: that money may be taken back, and
    once it is on a child's coupon only the reserve can pay. Grants and gifts by hand cannot be taken back so.
    """
    left_yen = reserve_yen()
    if left_yen >= 0:
        return 0
    may_go_back = Transfer.objects.filter(credit=fund, debit__kind=Kind.STRIPE_CLEARING).exists()
    return -left_yen if may_go_back else 0
