"""What a till may know before it takes a coupon: the nickname, and whether the amount is there."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from audit.record import record
from coupons.errors import CouponClosed, CouponNotYet, CouponUnknown
from coupons.models import Coupon
from coupons.redeem import find_coupon, usable_yen
from families.models import Child
from kernel.clock import JAPAN, now, today
from kernel.codes import read_code
from kernel.errors import NotAllowed
from kernel.japanese import typed_code
from ledger.models import Account
from partners.errors import NotApprovedNow, TillPaused
from partners.models import Device
from partners.queries import Counter
from partners.rules import is_approved, may_redeem_at, may_work_at
from programs.models import Membership
from programs.rules import require

MOST_WRONG_CODES = 20  # well-formed codes that no coupon has, from one device within an hour
WINDOW = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """`most_yen` is what may be taken at most; it is 0 when the amount is enough, so that no balance shows."""

    nickname: str
    is_enough: bool
    most_yen: int


def check_at_counter(*, counter: Counter, code: str, amount_yen: int, actor: Membership) -> Checked:
    """Looks, takes nothing.

    Raises NotAllowed, NotApprovedNow, TillPaused, CouponUnknown, CouponClosed.
    """
    device, _payee = require_counter(counter, actor)
    try:
        coupon = find_coupon(code)
    except CouponUnknown:
        count_wrong_code(device, code)
        raise
    if coupon.state == Coupon.State.ACTIVE and today() < coupon.first_day:
        raise CouponNotYet(first_day=coupon.first_day)
    if coupon.state != Coupon.State.ACTIVE or coupon.last_day < today():
        raise CouponClosed(last_day=coupon.last_day)
    usable = usable_yen(coupon, today())
    child = Child.objects.select_related("key").get(pk=coupon.child_id)
    record("coupon.checked", actor=actor, subject=f"coupon:{coupon.pk}", device_id=device.pk)
    is_enough = amount_yen <= usable
    return Checked(nickname=child.nickname, is_enough=is_enough, most_yen=0 if is_enough else usable)


def require_counter(counter: Counter, actor: Membership) -> tuple[Device, Account]:
    """The device and the school's account, or the refusal that fits."""
    require(may_work_at(actor, counter))
    provider = counter.classroom.provider
    if not is_approved(provider, today()):
        raise NotApprovedNow
    require(may_redeem_at(actor, counter))
    if counter.device is None or provider.payable is None:  # the rule says so already; here for the types
        raise NotAllowed
    if counter.device.paused_until is not None and counter.device.paused_until > now():
        raise TillPaused(until=f"{counter.device.paused_until.astimezone(JAPAN):%H:%M}")
    return counter.device, provider.payable


@transaction.atomic
def count_wrong_code(device: Device, code: str) -> None:
    """Count a code that is well formed and yet unknown: a slip of the hand fails its check character.

    The twentieth within an hour pauses the device for an hour (security.md T7).
    """
    if read_code(typed_code(code)) is None:
        return
    held = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if held.wrong_since is None or held.wrong_since < now() - WINDOW:
        held.wrong_since, held.wrong_codes = now(), 0
    held.wrong_codes += 1
    if held.wrong_codes >= MOST_WRONG_CODES:
        held.paused_until = now() + WINDOW
        held.wrong_since, held.wrong_codes = None, 0
        record("device.paused", actor=None, subject=f"device:{held.pk}")
    held.save(update_fields=["wrong_since", "wrong_codes", "paused_until"])
