"""reverse_at_counter: the last use on this device, on the same day."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from coupons.models import Coupon, Redemption, Reversal
from coupons.redeem import Spend
from kernel.clock import now
from kernel.errors import NotAllowed
from ledger.balances import balance_yen
from partners.approve import approve
from partners.errors import NothingToUndo
from partners.models import Device
from partners.queries import counter_at
from partners.redeem_at_counter import redeem_at_counter
from partners.reverse_at_counter import reverse_at_counter
from tests.conftest import LAST_DAY
from tests.partners.cast import School, enrolled


def take(school: School, coupon: Coupon, amount_yen: int) -> int:
    spend = Spend(amount_yen=amount_yen, category="tuition", request_key=uuid4())
    return redeem_at_counter(
        counter=school.counter, code=coupon.code, spend=spend, actor=school.clerk
    ).redemption_id


def undo(school: School, redemption_id: int) -> Reversal:
    return reverse_at_counter(counter=school.counter, redemption_id=redemption_id, actor=school.clerk)


def test_the_money_is_back_and_a_second_tap_takes_no_other_back(school: School, coupon: Coupon) -> None:
    take(school, coupon, 1_000)
    last = take(school, coupon, 2_000)

    undo(school, last)
    with pytest.raises(NothingToUndo):
        undo(school, last)

    assert balance_yen(coupon.account) == 29_000
    assert balance_yen(school.provider.payable) == 1_000


def test_only_the_last_one_on_this_device(school: School, coupon: Coupon) -> None:
    first = take(school, coupon, 1_000)
    take(school, coupon, 2_000)
    with pytest.raises(NothingToUndo):
        undo(school, first)

    _device, token = enrolled(school.classroom, Device.Kind.SCREEN, school.owner)
    beside = counter_at(school.classroom.pk, token=token, actor=school.clerk)
    assert beside is not None
    with pytest.raises(NothingToUndo):
        reverse_at_counter(counter=beside, redemption_id=first, actor=school.clerk)
    assert not Reversal.objects.exists()


def test_not_on_the_next_day(school: School, coupon: Coupon) -> None:
    use = take(school, coupon, 1_000)
    approve(provider=school.provider, until=LAST_DAY + timedelta(days=9), actor=school.office)

    with time_machine.travel(now() + timedelta(days=1), tick=False), pytest.raises(NothingToUndo):
        undo(school, use)
    assert Redemption.objects.count() == 1


def test_a_stranger_may_not(school: School, coupon: Coupon) -> None:
    use = take(school, coupon, 1_000)

    with pytest.raises(NotAllowed):
        reverse_at_counter(counter=school.counter, redemption_id=use, actor=school.owner)
