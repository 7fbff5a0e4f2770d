"""Who may take a coupon, where; then coupons.redeem takes it."""

from coupons.errors import CouponUnknown
from coupons.redeem import Place, Redeemed, Spend, redeem
from partners.check_at_counter import count_wrong_code, require_counter
from partners.queries import Counter
from programs.models import Membership


def redeem_at_counter(*, counter: Counter, code: str, spend: Spend, actor: Membership) -> Redeemed:
    """Spend part of a coupon to this school. A repeat of the request key is the same use.

    Needs an open transaction with a program. One statement, so it takes no savepoint.
    Raises NotAllowed, NotApprovedNow, TillPaused, and what coupons.redeem raises; no money has moved then.
    """
    device, payee = require_counter(counter, actor)
    at = Place(payee=payee, place_id=counter.classroom.pk, device_id=device.pk)
    try:
        return redeem(code=code, spend=spend, at=at, actor=actor)
    except CouponUnknown:
        count_wrong_code(device, code)
        raise
