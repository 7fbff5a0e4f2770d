"""Two tills never spend the same yen, and one request key is one use, whoever comes first.

Each guard of redeem.sql is taken out once, and the same assertion must fail then.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from coupons.errors import BalanceTooLow, RequestKeyUsed
from coupons.models import Coupon, Redemption
from coupons.redeem import Redeemed
from ledger.balances import balance_yen
from ledger.models import Account, Transfer
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.cast import a_coupon, a_school, spend
from tests.coupons.racing import Crowd, function_with

REDEEM_SQL = Path(__file__).resolve().parents[2] / "coupons" / "redeem.sql"
CHECKED = "taken_at := p_now;"  # the moment between the checks and the first write
MEET_THERE = f"PERFORM pg_sleep(0.05); {CHECKED}"
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Stage:
    """What a race needs, committed."""

    program: Program
    year: ProgramYear
    office: Membership
    till: Membership
    school: Account

    def coupon(self) -> Coupon:
        """One of 10,000 yen."""
        with acting_in(self.program.pk):
            return a_coupon(self.year, self.office)


@pytest.fixture
def stage(two_programs: tuple[Program, Program]) -> Stage:
    program = two_programs[0]
    with acting_in(program.pk):
        return Stage(
            program,
            ProgramYear.objects.get(),
            member(program, Role.OFFICE),
            member(program, Role.COUNTER),
            a_school(),
        )


def forty_at_once(stage: Stage, crowd: Crowd) -> None:
    """40 tills take 1,000 yen each from 10,000: 10 are paid, 30 hear why not."""
    coupon = stage.coupon()
    with acting_in(stage.program.pk):
        paid_before_yen = balance_yen(stage.school)

    answers = crowd.go([lambda: spend(coupon, 1_000, payee=stage.school, actor=stage.till)] * 40)

    taken = [answer for answer in answers if isinstance(answer, Redeemed)]
    refused = [answer for answer in answers if isinstance(answer, BalanceTooLow)]
    assert (len(taken), len(refused)) == (10, 30), answers
    assert {refusal.facts["usable_yen"] for refusal in refused} == {0}
    with acting_in(stage.program.pk):
        ids = {answer.redemption_id for answer in taken}
        assert set(Redemption.objects.filter(coupon=coupon).values_list("pk", flat=True)) == ids
        assert Transfer.objects.filter(debit=coupon.account).count() == 10
        assert balance_yen(coupon.account) == 0
        assert balance_yen(stage.school) - paid_before_yen == 10_000


def one_key(stage: Stage, crowd: Crowd, bodies: list[tuple[Coupon, int]]) -> None:
    """All with one key: the first body wins, its equals hear the same answer, others are refused."""
    key = uuid4()

    def act(coupon: Coupon, amount_yen: int) -> Any:
        return lambda: spend(coupon, amount_yen, payee=stage.school, actor=stage.till, key=key)

    answers = crowd.go([act(*body) for body in bodies])

    with acting_in(stage.program.pk):
        row = Redemption.objects.get(request_key=key)
        assert Transfer.objects.filter(source=f"redemption:{row.pk}").count() == 1
    winner = (row.coupon_id, row.amount_yen)
    assert [a.is_repeat for a in answers if isinstance(a, Redeemed)].count(False) == 1, answers
    for (coupon, amount_yen), answer in zip(bodies, answers, strict=True):
        if (coupon.pk, amount_yen) == winner:
            assert isinstance(answer, Redeemed) and answer.redemption_id == row.pk, answers
        else:
            assert isinstance(answer, RequestKeyUsed), answers


def test_forty_tills_twenty_rounds(stage: Stage) -> None:
    with Crowd(40, stage.program.pk) as crowd:
        for _ in range(20):
            forty_at_once(stage, crowd)


def test_eight_with_one_key_and_one_body_are_one_use(stage: Stage) -> None:
    with Crowd(8, stage.program.pk) as crowd:
        for _ in range(10):
            one_key(stage, crowd, [(stage.coupon(), 1_000)] * 8)


def test_eight_with_one_key_and_unequal_bodies_are_one_use(stage: Stage) -> None:
    with Crowd(8, stage.program.pk) as crowd:
        for _ in range(10):
            one, other = stage.coupon(), stage.coupon()
            one_key(stage, crowd, [(one, 1_000), (other, 1_000), (one, 2_000), (other, 2_000)] * 2)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(
            {"AND b.account_id = v_account FOR UPDATE": "AND b.account_id = v_account"}, id="no lock"
        ),
        pytest.param({"IF p_amount_yen > usable_yen THEN": "IF false THEN"}, id="no balance check"),
    ],
)
def test_without_its_guard_forty_tills_are_not_exact(stage: Stage, changes: dict[str, str]) -> None:
    with (
        function_with(REDEEM_SQL, {CHECKED: MEET_THERE, **changes}),
        Crowd(40, stage.program.pk) as crowd,
        pytest.raises(AssertionError),
    ):
        forty_at_once(stage, crowd)
    with Crowd(40, stage.program.pk) as crowd:
        forty_at_once(stage, crowd)  # the true one is back


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"ON CONFLICT (program_id, request_key) DO NOTHING": ""}, id="no conflict clause"),
        pytest.param(
            {"THEN 'repeat' ELSE 'key_used' END": "THEN 'repeat' ELSE 'repeat' END"}, id="no comparison"
        ),
        pytest.param({"IF redemption IS NULL THEN": "IF false THEN"}, id="winner not read"),
    ],
)
def test_without_its_guard_one_key_is_not_one_use(stage: Stage, changes: dict[str, str]) -> None:
    one, other = stage.coupon(), stage.coupon()
    with (
        function_with(REDEEM_SQL, {CHECKED: MEET_THERE, **changes}),
        Crowd(8, stage.program.pk) as crowd,
        pytest.raises(AssertionError),
    ):
        one_key(stage, crowd, [(one, 1_000), (other, 1_000)] * 4)
