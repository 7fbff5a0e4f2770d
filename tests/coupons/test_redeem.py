"""coupons.redeem: money from a coupon to a school, once."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Record
from coupons.errors import (
    BalanceTooLow,
    CouponClosed,
    CouponNotYet,
    CouponRefused,
    CouponUnknown,
    RequestKeyUsed,
)
from coupons.models import Coupon, Redemption
from coupons.redeem import Place, Spend, find_coupon, redeem, usable_yen
from kernel.codes import new_code, shown
from ledger.balances import balance_yen
from ledger.models import Account, Transfer
from outbox.models import Message
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from programs.walls import complaints
from tests.conftest import LAST_DAY, member
from tests.coupons.cast import a_coupon, a_school, spend


def counts() -> tuple[int, int, int, int]:
    """Rows of the four tables that one redemption writes."""
    rows = (Redemption, Transfer, Record, Message)
    return tuple(model.objects.count() for model in rows)  # type: ignore[return-value]


def test_redeem_moves_the_money_once_and_leaves_a_trail(
    coupon: Coupon, school: Account, till: Membership
) -> None:
    done = spend(coupon, 3_000, payee=school, actor=till)

    source = f"redemption:{done.redemption_id}"
    assert (usable_yen(coupon, LAST_DAY), balance_yen(school)) == (7_000, 3_000)
    assert (done.coupon_id, done.amount_yen, done.is_repeat) == (coupon.pk, 3_000, False)
    assert Transfer.objects.get(source=source).pk == done.redemption_id
    trail = Record.objects.get(subject=source)
    assert (trail.pk, trail.verb, trail.actor_id) == (done.redemption_id, "coupon.redeemed", till.pk)
    assert trail.facts == {"amount_yen": 3_000, "coupon_id": coupon.pk}
    told = Message.objects.get(about=source)
    assert (told.topic, told.sent_at, told.done_at) == ("coupon_redeemed", None, None)
    row = Redemption.objects.get()
    assert (row.redeemed_on, row.redeemed_at) == (LAST_DAY, done.redeemed_at)


def test_redeem_is_one_statement_without_a_savepoint(
    coupon: Coupon, school: Account, till: Membership
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as sent:
        spend(coupon, 3_000, payee=school, actor=till)

    assert [query["sql"].split("(")[0].split()[-1] for query in sent] == ["coupons_redeem"]


def test_the_last_yen_may_be_spent(coupon: Coupon, school: Account, till: Membership) -> None:
    spend(coupon, 10_000, payee=school, actor=till)

    assert usable_yen(coupon, LAST_DAY) == 0


@pytest.mark.parametrize(
    ("made", "amount_yen", "refusal", "facts"),
    [
        ({"face_yen": 2_999}, 3_000, BalanceTooLow, {"usable_yen": 2_999}),
        ({"last_day": date(2027, 3, 30)}, 1, CouponClosed, {"last_day": date(2027, 3, 30)}),
        ({"state": "expired"}, 1, CouponClosed, {"last_day": LAST_DAY}),
        ({"state": "void"}, 1, CouponClosed, {"last_day": LAST_DAY}),
    ],
)
def test_redeem_refuses_and_writes_nothing(
    year: ProgramYear,
    office: Membership,
    till: Membership,
    school: Account,
    made: dict[str, object],
    amount_yen: int,
    refusal: type[CouponRefused],
    facts: dict[str, object],
) -> None:
    coupon = a_coupon(year, office, **made)  # type: ignore[arg-type]
    before = counts()

    with pytest.raises(refusal) as said:
        spend(coupon, amount_yen, payee=school, actor=till)

    assert said.value.facts == facts
    assert counts() == before
    assert balance_yen(coupon.account) == coupon.face_yen


@pytest.mark.parametrize("typed", ["", "こんにちは", "K7P2", "0" * 12 + "1", "T9F0QPPXC6NE"])
def test_a_mistyped_and_an_unknown_code_are_one_answer(
    coupon: Coupon, school: Account, till: Membership, typed: str
) -> None:
    before = counts()

    for ask in (lambda: spend(Coupon(code=typed), 1, payee=school, actor=till), lambda: find_coupon(typed)):
        with pytest.raises(CouponUnknown) as said:
            ask()
        assert (said.value.code, said.value.status, said.value.facts) == ("coupon_unknown", 404, {})
    assert counts() == before


def test_a_code_with_one_wrong_letter_is_unknown(coupon: Coupon) -> None:
    wrong = ("1" if coupon.code[0] != "1" else "2") + coupon.code[1:]

    with pytest.raises(CouponUnknown):
        find_coupon(wrong)


def test_a_coupon_of_another_program_is_unknown(coupon: Coupon, other_program: Program) -> None:
    with acting_in(other_program.pk):
        foreign = member(other_program, Role.COUNTER)
        before = counts()
        with pytest.raises(CouponUnknown):
            spend(coupon, 1, payee=a_school(), actor=foreign)
        with pytest.raises(CouponUnknown):
            find_coupon(coupon.code)
        assert counts() == before
    assert usable_yen(coupon, LAST_DAY) == 10_000


def test_a_school_of_another_program_cannot_be_paid(
    coupon: Coupon, till: Membership, other_program: Program
) -> None:
    with acting_in(other_program.pk):
        foreign = a_school()

    with pytest.raises(DatabaseError, match="foreign key"), transaction.atomic():
        spend(coupon, 1, payee=foreign, actor=till)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert usable_yen(coupon, LAST_DAY) == 10_000


def test_full_width_letters_and_dashes_are_understood(
    coupon: Coupon, school: Account, till: Membership
) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if c != "-" else "ー" for c in shown(coupon.code)).lower()

    assert find_coupon(f"　{wide} ") == coupon
    assert spend(Coupon(code=wide), 1, payee=school, actor=till).coupon_id == coupon.pk


def test_a_repeat_is_one(coupon: Coupon, school: Account, till: Membership) -> None:
    key = uuid4()
    first = spend(coupon, 3_000, payee=school, actor=till, key=key)
    before = counts()

    again = spend(coupon, 3_000, payee=school, actor=till, key=key)

    assert (again.redemption_id, again.redeemed_at) == (first.redemption_id, first.redeemed_at)
    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert counts() == before
    assert usable_yen(coupon, LAST_DAY) == 7_000


def test_a_repeat_is_answered_when_the_coupon_has_nothing_left_or_has_ended(
    coupon: Coupon, school: Account, till: Membership
) -> None:
    key = uuid4()
    first = spend(coupon, 10_000, payee=school, actor=till, key=key)
    Coupon.objects.update(state=Coupon.State.EXPIRED)

    again = spend(coupon, 10_000, payee=school, actor=till, key=key)

    assert (again.redemption_id, again.is_repeat) == (first.redemption_id, True)


@pytest.mark.parametrize("other", ["amount", "category", "place", "payee", "coupon"])
def test_the_same_key_with_another_body_is_refused(
    year: ProgramYear, office: Membership, coupon: Coupon, school: Account, till: Membership, other: str
) -> None:
    key = uuid4()
    spend(coupon, 3_000, payee=school, actor=till, key=key)
    second = a_coupon(year, office) if other == "coupon" else coupon
    payee = a_school() if other == "payee" else school
    before = counts()

    with pytest.raises(RequestKeyUsed) as said:
        spend(
            second,
            3_001 if other == "amount" else 3_000,
            payee=payee,
            actor=till,
            key=key,
            category="tests" if other == "category" else "tuition",
            place_id=2 if other == "place" else 1,
        )

    assert (said.value.code, said.value.status) == ("request_key_used", 409)
    assert counts() == before
    assert usable_yen(coupon, LAST_DAY) == 7_000


def test_one_key_may_stand_in_two_programs(
    coupon: Coupon, school: Account, till: Membership, other_program: Program
) -> None:
    key = uuid4()
    spend(coupon, 1, payee=school, actor=till, key=key)

    with acting_in(other_program.pk):
        office = member(other_program, Role.OFFICE)
        theirs = a_coupon(ProgramYear.objects.get(), office)
        assert not spend(theirs, 1, payee=a_school(), actor=office, key=key).is_repeat


@pytest.mark.parametrize("amount_yen", [0, -1])
def test_a_use_is_one_yen_or_more(amount_yen: int) -> None:
    with pytest.raises(ValueError, match="one yen"):
        Spend(amount_yen=amount_yen, category="tuition", request_key=uuid4())


def test_nothing_is_usable_after_the_last_day(coupon: Coupon) -> None:
    assert usable_yen(coupon, LAST_DAY) == 10_000
    assert usable_yen(coupon, LAST_DAY + timedelta(days=1)) == 0


def test_refusals_say_amounts_and_days_in_words() -> None:
    assert "2,999" in str(BalanceTooLow(usable_yen=2_999))
    assert "2027" in str(CouponClosed(last_day=LAST_DAY))


@pytest.mark.parametrize(
    "attempt",
    [
        "INSERT INTO coupons_redemption SELECT * FROM coupons_redemption",
        "UPDATE coupons_redemption SET amount_yen = 1",
        "DELETE FROM coupons_redemption",
        "TRUNCATE coupons_redemption",
        "UPDATE coupons_reversal SET reason = 'x'",
        "DELETE FROM coupons_reversal",
    ],
)
def test_the_application_role_cannot_write_redemptions_by_itself(
    coupon: Coupon, school: Account, till: Membership, attempt: str
) -> None:
    spend(coupon, 1, payee=school, actor=till)

    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attempt)


def test_the_walls_are_whole(program: Program) -> None:
    assert complaints() == []


MANY_USES_OF_ONE_SCHOOL = """
INSERT INTO coupons_redemption (id, program_id, coupon_id, payee_id, place_id, amount_yen, category, request_key,
                                redeemed_by_id, redeemed_on, redeemed_at)
SELECT n, 7, n % 500, 1, 1, 1, 'tuition', gen_random_uuid(), 1, current_date, now() FROM generate_series(1, 20000) n
"""


@pytest.mark.django_db(transaction=True)
def test_the_generic_plan_looks_the_key_up_by_its_own_index() -> None:
    """From the sixth call of a connection PostgreSQL may keep one plan for all; it must be this one.

    Asked where the table is large and known: on an empty one all indexes cost the same.
    """
    with connections["migrate"].cursor() as owner:
        owner.execute("SET session_replication_role = replica")  # rows without their schools and coupons
        owner.execute(MANY_USES_OF_ONE_SCHOOL)
        owner.execute("SET session_replication_role = origin")
        owner.execute("ANALYZE coupons_redemption")

    with acting_in(7), connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(
            "PREPARE look AS SELECT * FROM coupons_redemption r WHERE r.program_id = $1 AND r.request_key = $2"
        )
        cursor.execute("EXPLAIN EXECUTE look (7, %s)", [UUID(int=1)])
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("DEALLOCATE look")
    assert "redemption_request_key_once" in plan


def test_redeem_needs_a_program(db: None) -> None:
    with pytest.raises(RuntimeError, match="acting_in"):
        redeem(
            code=new_code(),
            spend=Spend(amount_yen=1, category="tuition", request_key=uuid4()),
            at=Place(payee=Account(pk=1), place_id=1, device_id=None),
            actor=Membership(pk=1),
        )


def test_a_coupon_is_not_usable_before_its_first_day(
    coupon: Coupon, school: Account, till: Membership
) -> None:
    """Coupons are decided in March and used from 1 April on."""
    eve = coupon.first_day - timedelta(days=1)
    before = counts()

    with pytest.raises(CouponNotYet):
        spend(coupon, 1, payee=school, actor=till, on=eve)

    assert counts() == before
    assert usable_yen(coupon, eve) == 0
    spend(coupon, 1, payee=school, actor=till, on=coupon.first_day)
