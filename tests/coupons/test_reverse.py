"""coupons.reverse: one use is taken back, whole and once."""

from datetime import timedelta

import pytest

from audit.models import Record
from coupons.errors import AlreadyReversed, CouponRefused, ReasonMissing, TooLateHere
from coupons.models import Coupon, Redemption, Reversal
from coupons.redeem import usable_yen
from coupons.reverse import reverse
from kernel.errors import NotAllowed
from ledger.balances import balance_yen
from ledger.models import Account, Transfer
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import LAST_DAY, member
from tests.coupons.cast import a_coupon, a_school, spend
from tests.coupons.racing import Crowd

TOMORROW = LAST_DAY + timedelta(days=1)


@pytest.fixture
def use(coupon: Coupon, school: Account, till: Membership) -> Redemption:
    """3,000 yen used at the school today."""
    return Redemption.objects.get(pk=spend(coupon, 3_000, payee=school, actor=till).redemption_id)


def test_reverse_brings_the_money_back_and_leaves_a_trail(
    use: Redemption, coupon: Coupon, school: Account, till: Membership
) -> None:
    undone = reverse(redemption=use, actor=till)

    assert (usable_yen(coupon, LAST_DAY), balance_yen(school)) == (10_000, 0)
    back = Transfer.objects.get(source=f"reversal:{undone.pk}")
    assert (back.reverses, back.amount_yen) == (use.pk, 3_000)
    trail = Record.objects.get(verb="coupon.reversed")
    assert (trail.subject, trail.actor_id) == (f"redemption:{use.pk}", till.pk)


def test_the_office_takes_back_later_with_a_reason(
    use: Redemption, coupon: Coupon, office: Membership
) -> None:
    assert reverse(redemption=use, actor=office, reason=" 二重に入力 ", on=TOMORROW).reason == "二重に入力"
    assert balance_yen(coupon.account) == 10_000


@pytest.mark.parametrize(
    ("case", "refusal"),
    [("again", AlreadyReversed), ("counter next day", TooLateHere), ("office without reason", ReasonMissing)],
)
def test_reverse_refuses_and_writes_nothing(
    use: Redemption, office: Membership, till: Membership, case: str, refusal: type[CouponRefused]
) -> None:
    if case == "again":
        reverse(redemption=use, actor=till)
    before = (Reversal.objects.count(), Transfer.objects.count(), Record.objects.count())

    with pytest.raises(refusal):
        reverse(
            redemption=use,
            actor=office if case == "office without reason" else till,
            reason="  ",
            on=TOMORROW if case == "counter next day" else None,
        )
    assert (Reversal.objects.count(), Transfer.objects.count(), Record.objects.count()) == before


@pytest.mark.parametrize("role", [Role.CITY, Role.GUARDIAN, Role.DONOR])
def test_others_may_not_take_back(use: Redemption, program: Program, role: Role) -> None:
    with pytest.raises(NotAllowed):
        reverse(redemption=use, actor=member(program, role, "other@shibuya.example"), reason="x")


def test_a_coupon_that_has_ended_gets_its_money_and_stays_closed(
    use: Redemption, coupon: Coupon, office: Membership
) -> None:
    Coupon.objects.update(state=Coupon.State.EXPIRED)

    reverse(redemption=use, actor=office, reason="授業が休みだったため", on=TOMORROW)

    coupon.refresh_from_db()
    assert coupon.state == Coupon.State.EXPIRED
    assert (balance_yen(coupon.account), usable_yen(coupon, LAST_DAY)) == (10_000, 0)


def test_what_came_back_may_be_spent_again(
    use: Redemption, coupon: Coupon, school: Account, till: Membership
) -> None:
    reverse(redemption=use, actor=till)

    spend(coupon, 10_000, payee=school, actor=till)

    assert usable_yen(coupon, LAST_DAY) == 0


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_take_back_once(two_programs: tuple[Program, Program]) -> None:
    program = two_programs[0]
    with acting_in(program.pk):
        office, school = member(program, Role.OFFICE), a_school()
        coupon = a_coupon(ProgramYear.objects.get(), office)
        taken = spend(coupon, 3_000, payee=school, actor=office)
        use = Redemption.objects.select_related("coupon").get(pk=taken.redemption_id)

    with Crowd(8, program.pk) as crowd:
        answers = crowd.go([lambda: reverse(redemption=use, actor=office, reason="x")] * 8)

    kinds = [type(answer) for answer in answers]
    assert (kinds.count(Reversal), kinds.count(AlreadyReversed)) == (1, 7), answers
    with acting_in(program.pk):
        assert (balance_yen(coupon.account), balance_yen(school)) == (10_000, 0)
