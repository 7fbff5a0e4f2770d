"""coupons.expire: after the last day what is left returns to the fund."""

from datetime import date, timedelta

import pytest

from audit.models import Record
from coupons.expire import expire_due, expire_program
from coupons.models import Coupon, Expiry, Redemption
from coupons.reverse import reverse
from coupons.tasks import expire_everywhere
from ledger.balances import balance_yen
from ledger.models import Account, Transfer
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import LAST_DAY, member
from tests.coupons.cast import a_coupon, spend

TOMORROW = LAST_DAY + timedelta(days=1)


def test_what_is_left_returns_to_the_fund(coupon: Coupon, school: Account, till: Membership) -> None:
    spend(coupon, 3_000, payee=school, actor=till)

    assert expire_due(TOMORROW) == 1

    coupon.refresh_from_db()
    assert coupon.state == Coupon.State.EXPIRED
    assert (balance_yen(coupon.account), balance_yen(coupon.fund), balance_yen(school)) == (0, 7_000, 3_000)
    ended = Expiry.objects.get()
    assert Transfer.objects.get(source=f"expiry:{ended.pk}").amount_yen == 7_000
    trail = Record.objects.get(verb="coupon.expired")
    assert (trail.subject, trail.actor_id, trail.facts) == (f"coupon:{coupon.pk}", None, {"left_yen": 7_000})


def test_the_last_day_is_still_usable(coupon: Coupon) -> None:
    assert expire_due(LAST_DAY) == 0
    assert balance_yen(coupon.account) == 10_000


def test_a_repeat_is_one(coupon: Coupon) -> None:
    expire_due(TOMORROW)

    assert expire_due(TOMORROW) == 0
    assert Expiry.objects.count() == 1


def test_an_empty_coupon_is_closed_without_a_transfer(
    coupon: Coupon, school: Account, till: Membership
) -> None:
    spend(coupon, 10_000, payee=school, actor=till)

    assert expire_due(TOMORROW) == 1
    assert not Expiry.objects.exists()


def test_money_that_came_back_later_goes_on_to_the_fund(
    coupon: Coupon, school: Account, till: Membership, office: Membership
) -> None:
    taken = spend(coupon, 4_000, payee=school, actor=till)
    expire_due(TOMORROW)
    reverse(
        redemption=Redemption.objects.get(pk=taken.redemption_id), actor=office, reason="誤り", on=TOMORROW
    )

    assert expire_due(TOMORROW) == 1
    assert (balance_yen(coupon.account), balance_yen(coupon.fund)) == (0, 10_000)
    assert list(Expiry.objects.order_by("id").values_list("amount_yen", flat=True)) == [6_000, 4_000]
    assert Record.objects.filter(verb="coupon.expired").count() == 1


def test_cancelled_coupons_are_left_alone(year: ProgramYear, office: Membership) -> None:
    a_coupon(year, office, state="void")

    assert expire_due(TOMORROW) == 0


@pytest.mark.django_db(transaction=True)
def test_every_program_is_expired_a_few_at_a_time(
    two_programs: tuple[Program, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coupons.expire.PER_TRANSACTION", 2)
    made = {}
    for program in two_programs:
        with acting_in(program.pk):
            office, year = member(program, Role.OFFICE), ProgramYear.objects.get()
            made[program.pk] = [a_coupon(year, office, last_day=date(2027, 3, 30)) for _ in range(3)]

    assert expire_everywhere("2027-03-31") == 6
    assert expire_everywhere() == 0
    assert expire_program(two_programs[0].pk, LAST_DAY) == 0
    for program_id, coupons in made.items():
        with acting_in(program_id):
            assert {balance_yen(coupon.account) for coupon in coupons} == {0}
