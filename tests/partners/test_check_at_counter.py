"""check_at_counter: the nickname and whether it is enough; never the balance."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from audit.models import Record
from coupons.errors import CouponClosed, CouponUnknown
from coupons.models import Coupon, Redemption
from kernel.errors import NotAllowed
from partners.check_at_counter import check_at_counter
from tests.conftest import LAST_DAY
from tests.partners.cast import School, a_coupon


def test_enough_says_no_figure_and_too_little_says_the_most(school: School, coupon: Coupon) -> None:
    enough = check_at_counter(counter=school.counter, code=coupon.code, amount_yen=30_000, actor=school.clerk)
    short = check_at_counter(counter=school.counter, code=coupon.code, amount_yen=30_001, actor=school.clerk)

    assert asdict(enough) == {"nickname": "はる", "is_enough": True, "most_yen": 0}
    assert asdict(short) == {"nickname": "はる", "is_enough": False, "most_yen": 30_000}
    assert Record.objects.filter(verb="coupon.checked", subject=f"coupon:{coupon.pk}").count() == 2
    assert not Redemption.objects.exists()


def test_ended_unknown_and_foreign_coupons_are_refused(school: School, foreign_coupon: Coupon) -> None:
    ended = a_coupon(school.program, yen=1_000, last_day=LAST_DAY - timedelta(days=1))

    with pytest.raises(CouponClosed):
        check_at_counter(counter=school.counter, code=ended.code, amount_yen=1, actor=school.clerk)
    for code in (foreign_coupon.code, "nonsense"):
        with pytest.raises(CouponUnknown):
            check_at_counter(counter=school.counter, code=code, amount_yen=1, actor=school.clerk)


def test_a_stranger_may_not(school: School, coupon: Coupon) -> None:
    with pytest.raises(NotAllowed):
        check_at_counter(counter=school.counter, code=coupon.code, amount_yen=1, actor=school.owner)
