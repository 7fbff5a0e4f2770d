"""Spend part of a coupon at a school. The seven beats stand in redeem.sql, in one round trip."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from coupons.errors import (
    BalanceTooLow,
    CategoryNotAllowed,
    CouponClosed,
    CouponNotYet,
    CouponUnknown,
    OverAllowance,
    RequestKeyUsed,
)
from coupons.models import Coupon
from kernel.clock import now, today
from kernel.codes import read_code
from kernel.japanese import typed_code
from ledger.models import Account, Balance
from programs.models import Membership
from programs.scoping import current_program_id

REDEEM = """
SELECT outcome, redemption, coupon, taken_at, first_usable, last_usable, usable_yen
FROM coupons_redeem(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, kw_only=True)
class Spend:
    """How much, for what; `request_key` is made once per entry, so that a repeat is the same use."""

    amount_yen: int
    category: str
    request_key: UUID

    def __post_init__(self) -> None:
        if self.amount_yen < 1:
            raise ValueError("a use is one yen or more")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where: the school's payable account, the classroom and the till (ids of the floor above)."""

    payee: Account
    place_id: int
    device_id: int | None


@dataclass(frozen=True, kw_only=True)
class Redeemed:
    """What was taken. `is_repeat`: the request key had been answered before; no money moved now."""

    redemption_id: int
    coupon_id: int
    amount_yen: int
    redeemed_at: datetime
    is_repeat: bool


def redeem(*, code: str, spend: Spend, at: Place, actor: Membership, on: date | None = None) -> Redeemed:
    """Spend part of a coupon to `at.payee`. The caller has decided that `actor` may.

    code    as typed or scanned; full-width letters, dashes and O for 0 are understood
    on      the Japanese day, today when left out; the coupon's last day is still usable

    Repeating a request key with the same body returns the first redemption and moves no money,
    also after the coupon has ended. Needs an open transaction with a program; it is one statement,
    so it takes no savepoint.
    Raises CouponUnknown, CouponNotYet, CouponClosed, BalanceTooLow, OverAllowance, CategoryNotAllowed,
    RequestKeyUsed; nothing is written then.
    """
    current_program_id()
    meant = _meant(code)
    arguments = [
        *(meant, spend.amount_yen, spend.category, at.payee.pk, at.place_id, at.device_id),
        *(spend.request_key, actor.pk, on or today(), now()),
    ]
    with connection.cursor() as cursor:
        cursor.execute(REDEEM, arguments)
        outcome, redemption_id, coupon_id, taken_at, first_day, last_day, left_yen = cursor.fetchone()
    if outcome == "unknown":
        raise CouponUnknown
    if outcome == "not_yet":
        raise CouponNotYet(first_day=first_day)
    if outcome == "closed":
        raise CouponClosed(last_day=last_day)
    if outcome == "too_low":
        raise BalanceTooLow(usable_yen=left_yen)
    if outcome == "over_allowance":
        raise OverAllowance(usable_yen=left_yen)
    if outcome == "category":
        raise CategoryNotAllowed
    if outcome == "key_used":
        raise RequestKeyUsed
    return Redeemed(
        redemption_id=redemption_id,
        coupon_id=coupon_id,
        amount_yen=spend.amount_yen,
        redeemed_at=taken_at,
        is_repeat=outcome == "repeat",
    )


def find_coupon(code: str) -> Coupon:
    """The coupon of a typed code. Mistyped, unknown and foreign codes raise the one CouponUnknown."""
    coupon: Coupon | None = Coupon.objects.filter(code=_meant(code)).first()
    if coupon is None:
        raise CouponUnknown
    return coupon


def usable_yen(coupon: Coupon, on: date) -> int:
    """What may be spent on that Japanese day: nothing before its first day or once it has ended."""
    if coupon.state != Coupon.State.ACTIVE or not coupon.first_day <= on <= coupon.last_day:
        return 0
    held_yen = int(Balance.objects.get(account_id=coupon.account_id).balance_yen)
    allowed_yen, _categories = allowance(coupon, on)
    return held_yen if allowed_yen is None else min(held_yen, allowed_yen)


def allowance(coupon: Coupon, on: date) -> tuple[int | None, list[str] | None]:
    """What the coupon's rules allow on that day beyond its balance: yen, and categories. None: no such rule."""
    if coupon.rules_id is None:
        return None, None
    with connection.cursor() as cursor:
        cursor.execute("SELECT allowed_yen, categories FROM coupons_allowance(%s, %s)", [coupon.pk, on])
        allowed_yen, categories = cursor.fetchone()
    return allowed_yen, json.loads(categories) if isinstance(categories, str) else categories


def used_yen(coupon: Coupon, first_day: date, last_day: date) -> int:
    """What was used of it from one Japanese day to another, inclusive, without what was taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coupons_used(%s, %s, %s)", [coupon.pk, first_day, last_day])
        return int(cursor.fetchone()[0])


def _meant(code: str) -> str:
    meant = read_code(typed_code(code))
    if meant is None:
        raise CouponUnknown
    return meant
