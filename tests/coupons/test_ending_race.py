"""Uses, takings-back and the end of a coupon at one moment: no yen is lost, and nobody waits for ever."""

from datetime import timedelta
from typing import Any

import pytest

from coupons.errors import AlreadyReversed, CouponClosed
from coupons.expire import expire_due
from coupons.models import Coupon, Expiry, Redemption, Reversal
from coupons.redeem import Redeemed
from coupons.reverse import reverse
from ledger.balances import balance_yen
from programs.models import Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import LAST_DAY, member
from tests.coupons.cast import a_coupon, a_school, spend
from tests.coupons.racing import Crowd

pytestmark = pytest.mark.django_db(transaction=True)
NEXT_DAY = LAST_DAY + timedelta(days=1)
ROUNDS = 15


def test_midnight_while_tills_take_and_the_office_takes_back(two_programs: tuple[Program, Program]) -> None:
    program = two_programs[0]
    with acting_in(program.pk):
        office, school = member(program, Role.OFFICE), a_school()
    seen: set[type] = set()

    with Crowd(8, program.pk) as crowd:
        for _ in range(ROUNDS):
            with acting_in(program.pk):
                coupon = a_coupon(ProgramYear.objects.get(), office)
                used = spend(coupon, 3_000, payee=school, actor=office)
                use = Redemption.objects.select_related("coupon").get(pk=used.redemption_id)
            take: Any = lambda coupon=coupon: spend(coupon, 1_000, payee=school, actor=office)  # noqa: E731
            undo: Any = lambda use=use: reverse(redemption=use, actor=office, reason="x")  # noqa: E731
            end: Any = lambda: expire_due(NEXT_DAY)  # noqa: E731

            answers = crowd.go([take, end, undo, take, end, take, undo, take])

            seen |= {type(answer) for answer in answers}
            assert seen <= {Redeemed, CouponClosed, Reversal, AlreadyReversed, int}, answers
            with acting_in(program.pk):
                expire_due(NEXT_DAY)  # what came back after the end
                check(coupon)
    assert {Redeemed, Reversal, AlreadyReversed} <= seen


def check(coupon: Coupon) -> None:
    """Closed and empty; each yen is at the school or back in the fund."""
    coupon.refresh_from_db()
    uses = Redemption.objects.filter(coupon=coupon)
    spent_yen = sum(use.amount_yen for use in uses.filter(reversals__isnull=True))
    returned_yen = sum(ended.amount_yen for ended in Expiry.objects.filter(coupon=coupon))
    assert coupon.state == Coupon.State.EXPIRED
    assert balance_yen(coupon.account) == 0
    assert spent_yen + returned_yen == coupon.face_yen
    assert balance_yen(coupon.fund) == returned_yen
