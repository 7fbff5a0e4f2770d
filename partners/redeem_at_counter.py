"""Who may take a coupon, where; then coupons.redeem takes it."""

from coupons.errors import CouponUnknown
from coupons.models import Redemption
from coupons.redeem import Place, Redeemed, Spend, redeem
from ledger.models import Account
from partners.check_at_counter import count_wrong_code, require_counter
from partners.errors import NotApprovedNow, TillPaused
from partners.models import Device
from partners.queries import Counter
from programs.models import Membership


def redeem_at_counter(*, counter: Counter, code: str, spend: Spend, actor: Membership) -> Redeemed:
    """Spend part of a coupon to this school. A repeat of the request key is the same use.

    A repeat is answered also when the school was stopped since: "nothing was taken" would be untrue.
    Needs an open transaction with a program. One statement, so it takes no savepoint.
    Raises NotAllowed, NotApprovedNow, TillPaused, and what coupons.redeem raises; no money has moved then.
    """
    try:
        device, payee = require_counter(counter, actor)
    except (NotApprovedNow, TillPaused):
        if not (repeated := _taken_before(counter, spend)):
            raise
        device, payee = repeated
    at = Place(payee=payee, place_id=counter.classroom.pk, device_id=device.pk)
    try:
        return redeem(code=code, spend=spend, at=at, actor=actor)
    except CouponUnknown:
        count_wrong_code(device, code)
        raise


def _taken_before(counter: Counter, spend: Spend) -> tuple[Device, Account] | None:
    # The key stands in the books, so coupons.redeem can only answer with that use and moves no money.
    device, payee = counter.device, counter.classroom.provider.payable
    if device is None or payee is None:
        return None
    was_taken = Redemption.objects.filter(request_key=spend.request_key, device_id=device.pk).exists()
    return (device, payee) if was_taken else None
