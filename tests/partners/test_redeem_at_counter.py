"""redeem_at_counter: who may take a coupon, where; and that it is the same use however often it is asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from coupons.errors import BalanceTooLow, CouponUnknown, RequestKeyUsed
from coupons.models import Coupon, Redemption
from coupons.redeem import Redeemed, Spend
from kernel.clock import now
from kernel.codes import new_code
from kernel.errors import NotAllowed, Refused
from ledger.balances import balance_yen
from partners.errors import NotApprovedNow, TillPaused
from partners.models import Device, Provider
from partners.queries import Counter, counter_at, counter_of_system
from partners.redeem_at_counter import redeem_at_counter
from partners.revoke_device import revoke_device
from partners.rules import may_redeem_at
from partners.suspend import suspend
from programs.models import Membership, Role
from programs.scoping import acting_in
from tests.conftest import LAST_DAY, member
from tests.partners.cast import School, open_school


def spend(amount_yen: int, **more: object) -> Spend:
    return Spend(**{"amount_yen": amount_yen, "category": "tuition", "request_key": uuid4(), **more})  # type: ignore[arg-type]


def take(school: School, code: str, wanted: Spend, counter: Counter | None = None) -> Redeemed:
    return redeem_at_counter(counter=counter or school.counter, code=code, spend=wanted, actor=school.clerk)


def test_it_pays_the_school_and_names_place_device_and_person(school: School, coupon: Coupon) -> None:
    taken = take(school, coupon.code, spend(12_000))

    use = Redemption.objects.get(pk=taken.redemption_id)
    assert (use.place_id, use.device_id, use.redeemed_by_id) == (
        school.classroom.pk,
        school.tablet.pk,
        school.clerk.pk,
    )
    assert balance_yen(school.provider.payable) == 12_000
    assert balance_yen(coupon.account) == 18_000


def test_the_same_key_is_the_same_use_and_another_body_is_refused(school: School, coupon: Coupon) -> None:
    wanted = spend(12_000)

    first = take(school, coupon.code, wanted)
    again = take(school, coupon.code, wanted)

    assert (again.redemption_id, first.is_repeat, again.is_repeat) == (first.redemption_id, False, True)
    with pytest.raises(RequestKeyUsed):
        take(school, coupon.code, replace(wanted, amount_yen=11_999))
    assert balance_yen(coupon.account) == 18_000


@pytest.mark.parametrize("how", ["suspended", "paused"])
def test_a_lost_answer_is_given_again_although_the_counter_was_stopped_since(
    school: School, coupon: Coupon, how: str
) -> None:
    wanted = spend(12_000)
    first = take(school, coupon.code, wanted)
    if how == "suspended":
        suspend(provider=school.provider, reason="x", actor=school.office)
    else:
        Device.objects.filter(pk=school.tablet.pk).update(paused_until=now() + timedelta(hours=1))
    stopped = counter_at(school.classroom.pk, token=school.tablet_token, actor=school.clerk)

    again = take(school, coupon.code, wanted, stopped)

    assert (again.redemption_id, again.is_repeat) == (first.redemption_id, True)
    with pytest.raises(RequestKeyUsed):
        take(school, coupon.code, replace(wanted, amount_yen=1), stopped)
    with pytest.raises((NotApprovedNow, TillPaused)):
        take(school, coupon.code, spend(1), stopped)
    assert balance_yen(coupon.account) == 18_000


def test_full_width_codes_are_understood(school: School, coupon: Coupon) -> None:
    full_width = "－".join(
        "".join(chr(ord(c) + 0xFEE0) for c in coupon.code[i : i + 4].lower()) for i in (0, 4, 8)
    )

    assert take(school, full_width, spend(1_000)).amount_yen == 1_000


def test_more_than_is_left_is_refused_and_writes_nothing(school: School, coupon: Coupon) -> None:
    with pytest.raises(BalanceTooLow) as refusal:
        take(school, coupon.code, spend(30_001))

    assert refusal.value.facts["usable_yen"] == 30_000
    assert not Redemption.objects.exists()


def test_mistyped_unknown_and_foreign_codes_get_one_answer(school: School, foreign_coupon: Coupon) -> None:
    said = set()
    for code in ("", "x", "0" * 12, new_code(), foreign_coupon.code):
        with pytest.raises(CouponUnknown) as refusal:
            take(school, code, spend(1_000))
        said.add((refusal.value.code, str(refusal.value), tuple(refusal.value.facts)))

    assert len(said) == 1


Change = Callable[[School, Counter], tuple[Membership | None, Counter]]


def as_person(role: Role) -> Change:
    return lambda school, counter: (member(school.program, role, f"{role}-other@x.example"), counter)


def with_device(**changes: object) -> Change:
    def change(school: School, counter: Counter) -> tuple[Membership, Counter]:
        for name, value in changes.items():
            setattr(counter.device, name, value)
        return school.clerk, counter

    return change


def with_provider(**changes: object) -> Change:
    def change(school: School, counter: Counter) -> tuple[Membership, Counter]:
        for name, value in changes.items():
            setattr(counter.classroom.provider, name, value)
        return school.clerk, counter

    return change


def left(school: School, counter: Counter) -> tuple[Membership, Counter]:
    school.clerk.is_active = False
    return school.clerk, counter


def closed(school: School, counter: Counter) -> tuple[Membership, Counter]:
    counter.classroom.is_open = False
    return school.clerk, counter


def of_another_program(school: School, counter: Counter) -> tuple[Membership, Counter]:
    school.clerk.program_id += 1
    return school.clerk, counter


REFUSED: dict[str, Change] = {
    "nobody": lambda school, counter: (None, counter),
    "the owner": lambda school, counter: (school.owner, counter),
    "the secretariat": lambda school, counter: (school.office, counter),
    "a family": as_person(Role.GUARDIAN),
    "a clerk of another classroom": as_person(Role.COUNTER),
    "a clerk who left": left,
    "a clerk of another program": of_another_program,
    "no device": lambda school, counter: (school.clerk, replace(counter, device=None)),
    "a device not yet enrolled": with_device(token_hash=None),
    "a revoked device": with_device(revoked_at=now()),
    "a device of another classroom": with_device(classroom_id=1),
    "a device of another program": with_device(program_id=1),
    "the school's till system under the clerk's hand": with_device(kind=Device.Kind.SYSTEM),
    "a closed classroom": closed,
    "a school that waits": with_provider(state=Provider.State.APPLIED),
    "a suspended school": with_provider(state=Provider.State.SUSPENDED),
    "an approval that ended yesterday": with_provider(approved_until=LAST_DAY - timedelta(days=1)),
}


def test_the_clerk_on_the_enrolled_tablet_may_to_the_last_day(school: School) -> None:
    assert school.provider.approved_until == LAST_DAY
    assert may_redeem_at(school.clerk, school.counter)


@pytest.mark.parametrize("who", REFUSED)
def test_each_condition_alone_refuses(school: School, coupon: Coupon, who: str) -> None:
    actor, counter = REFUSED[who](school, school.counter)

    assert not may_redeem_at(actor, counter)
    with pytest.raises((NotAllowed, NotApprovedNow)):
        redeem_at_counter(counter=counter, code=coupon.code, spend=spend(1_000), actor=actor)  # type: ignore[arg-type]
    assert not Redemption.objects.exists()


def test_a_till_system_acts_in_the_name_of_who_added_it(school: School, coupon: Coupon) -> None:
    counter = counter_of_system(school.system_token)
    assert counter is not None

    redeem_at_counter(counter=counter, code=coupon.code, spend=spend(1_000), actor=school.owner)

    assert Redemption.objects.get().redeemed_by == school.owner
    assert not may_redeem_at(school.clerk, counter)
    assert counter_of_system(school.tablet_token) is None  # a tablet's secret is no key to the API


def test_a_revoked_device_and_a_suspended_school_are_stopped_at_once(school: School, coupon: Coupon) -> None:
    take(school, coupon.code, spend(1_000))
    suspend(provider=school.provider, reason="書類の確認", actor=school.office)
    with pytest.raises(NotApprovedNow):
        take(school, coupon.code, spend(1_000))

    revoke_device(device=school.tablet, actor=school.owner)
    with pytest.raises(NotAllowed):
        take(school, coupon.code, spend(1_000))
    assert balance_yen(coupon.account) == 29_000


def test_other_classrooms_and_programs_are_no_counter_here(school: School, foreign_school: School) -> None:
    elsewhere = open_school(school.program, "となり塾")

    assert counter_at(elsewhere.classroom.pk, token=elsewhere.tablet_token, actor=school.clerk) is None
    assert counter_at(foreign_school.classroom.pk, token=school.tablet_token, actor=school.clerk) is None
    borrowed = counter_at(school.classroom.pk, token=elsewhere.tablet_token, actor=school.clerk)
    assert borrowed is not None and borrowed.device is None
    with acting_in(foreign_school.program.pk):
        assert counter_of_system(school.system_token) is None


def test_twenty_unknown_codes_pause_the_device_and_slips_of_the_hand_do_not(
    school: School, coupon: Coupon
) -> None:
    for _ in range(25):
        with pytest.raises(CouponUnknown):
            take(school, coupon.code[:-1] + "?", spend(1_000))
    for _ in range(20):
        with pytest.raises(CouponUnknown):
            take(school, new_code(), spend(1_000))

    with pytest.raises(TillPaused) as refusal:
        take(school, coupon.code, spend(1_000))
    assert "13:00" in str(refusal.value)
    Device.objects.filter(pk=school.tablet.pk).update(paused_until=now())
    assert take(school, coupon.code, spend(1_000)).amount_yen == 1_000


def test_refusals_have_stable_codes() -> None:
    assert {NotAllowed.code, NotApprovedNow.code, TillPaused.code} == {
        "not_allowed",
        "provider_not_approved",
        "till_paused",
    }
    assert issubclass(TillPaused, Refused)
