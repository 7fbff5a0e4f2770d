"""coupons.set_use_rules: a new version for coupons issued from now on; those that are out keep theirs."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import Record
from coupons.books import CLAIMS, MORE
from coupons.errors import CategoryNotAllowed, OverAllowance, ReasonMissing, RulesNotInOrder, SomeoneWasFaster
from coupons.issue import issue
from coupons.models import Category, Coupon, Redemption, UseRules
from coupons.redeem import usable_yen
from coupons.reverse import reverse
from coupons.set_use_rules import set_use_rules
from coupons.use_rules import Amount, Rules, monthly, newest_rules, read_rules
from kernel.errors import NotAllowed
from ledger.models import Account
from ledger.verify import verify
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import LAST_DAY, member
from tests.coupons.cast import a_fund, an_application, spend

GRANTS = """
SELECT t.source, 1, t.debit_id, t.credit_id, t.amount_yen FROM ledger_transfer t WHERE t.source LIKE 'grant:%'
"""
ONLY_TUITION = Rules(categories=["tuition"], per_use_yen=5_000, per_day_yen=8_000)


def set_to(rules: Rules, year: ProgramYear, office: Membership) -> UseRules:
    newest = newest_rules(year)
    seen = newest.version if newest else 0
    return set_use_rules(year=year, rules=rules, reason="委員会の決定", seen_version=seen, actor=office)


def issued(year: ProgramYear, office: Membership) -> Coupon:
    return issue(application=an_application(year, office), fund=a_fund(1_000_000), actor=office)


def test_a_version_is_written_with_its_reason_and_a_trail(year: ProgramYear, office: Membership) -> None:
    row = set_to(ONLY_TUITION, year, office)

    assert (row.version, row.reason, row.set_by) == (1, "委員会の決定", office)
    assert read_rules(row) == Rules(
        amounts=[], windows=[], categories=["tuition"], per_use_yen=5_000, per_day_yen=8_000
    )
    trail = Record.objects.get(verb="use_rules.set")
    assert (trail.subject, trail.actor_id, trail.facts) == (f"year:{year.pk}", office.pk, {"version": 1})


def test_setting_what_holds_writes_nothing(year: ProgramYear, office: Membership) -> None:
    first = set_to(ONLY_TUITION, year, office)

    assert set_to(ONLY_TUITION, year, office) == first
    assert UseRules.objects.count() == 1


def test_a_coupon_that_is_out_keeps_its_rules(
    year: ProgramYear, office: Membership, school: Account, till: Membership
) -> None:
    before = issued(year, office)
    set_to(ONLY_TUITION, year, office)
    after = issued(year, office)
    set_to(Rules(categories=["tests"], per_use_yen=1), year, office)

    assert (before.rules, after.rules.version) == (None, 1)
    spend(before, 9_000, payee=school, actor=till, category=Category.MATERIALS)
    spend(after, 5_000, payee=school, actor=till)
    with pytest.raises(CategoryNotAllowed):
        spend(after, 1, payee=school, actor=till, category=Category.TESTS)


def test_caps_of_a_use_and_a_day_hold_and_a_use_taken_back_does_not_count(
    year: ProgramYear, office: Membership, school: Account, till: Membership
) -> None:
    set_to(ONLY_TUITION, year, office)
    coupon = issued(year, office)
    assert usable_yen(coupon, LAST_DAY) == 5_000
    with pytest.raises(OverAllowance) as over:
        spend(coupon, 5_001, payee=school, actor=till)
    assert over.value.facts == {"usable_yen": 5_000}

    taken = spend(coupon, 5_000, payee=school, actor=till)
    assert usable_yen(coupon, LAST_DAY) == 3_000
    with pytest.raises(OverAllowance):
        spend(coupon, 3_001, payee=school, actor=till)
    assert Redemption.objects.count() == 1

    reverse(redemption=Redemption.objects.get(pk=taken.redemption_id), actor=office, reason="誤り")
    assert usable_yen(coupon, LAST_DAY) == 5_000
    spend(coupon, 5_000, payee=school, actor=till)


def test_amounts_by_grade_make_the_coupon(year: ProgramYear, office: Membership) -> None:
    set_to(Rules(amounts=[Amount(4, 4, 123_000)]), year, office)

    assert issued(year, office).face_yen == 123_000


@pytest.mark.parametrize(
    ("rules", "reason", "seen", "refusal"),
    [
        (ONLY_TUITION, "  ", 0, ReasonMissing),
        (Rules(categories=[]), "決定", 0, RulesNotInOrder),
        (ONLY_TUITION, "決定", 1, SomeoneWasFaster),
    ],
)
def test_what_is_refused_writes_nothing(
    year: ProgramYear,
    office: Membership,
    rules: Rules,
    reason: str,
    seen: int,
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        set_use_rules(year=year, rules=rules, reason=reason, seen_version=seen, actor=office)

    assert not UseRules.objects.exists() and not Record.objects.exists()


def test_only_the_secretariat_may(program: Program, year: ProgramYear) -> None:
    for role in (Role.CITY, Role.COUNTER, Role.GUARDIAN, Role.DONOR):
        with pytest.raises(NotAllowed):
            set_to(ONLY_TUITION, year, member(program, role))


def test_a_version_can_neither_be_changed_nor_be_without_a_category(
    year: ProgramYear, office: Membership
) -> None:
    row = set_to(ONLY_TUITION, year, office)

    with pytest.raises(DatabaseError), transaction.atomic():
        UseRules.objects.filter(pk=row.pk).update(per_use_yen=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        UseRules.objects.create(
            year=year, version=2, categories=[], reason="x", set_by=office, set_at=row.set_at
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_is_told(two_programs: tuple[Program, Program]) -> None:
    program = two_programs[0]
    with acting_in(program.pk):
        office, year = member(program, Role.OFFICE), ProgramYear.objects.get()
    meet, outcomes = threading.Barrier(2), []

    def one(per_use_yen: int) -> None:
        meet.wait()
        try:
            with acting_in(program.pk):
                rules = Rules(per_use_yen=per_use_yen)
                set_use_rules(year=year, rules=rules, reason="決定", seen_version=0, actor=office)
            outcomes.append("set")
        except SomeoneWasFaster:
            outcomes.append("told")
        finally:
            connection.close()

    people = [threading.Thread(target=one, args=(yen,)) for yen in (1_000, 2_000)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert sorted(outcomes) == ["set", "told"]


def test_the_books_name_uses_that_the_rules_do_not_allow(
    year: ProgramYear, office: Membership, school: Account, till: Membership
) -> None:
    coupon = issued(year, office)
    spend(coupon, 9_000, payee=school, actor=till, category=Category.TESTS)
    assert not verify([*CLAIMS, GRANTS], MORE[2:])

    narrow = set_to(Rules(windows=monthly(year, 8_000), categories=["tuition"]), year, office)
    Coupon.objects.filter(pk=coupon.pk).update(rules=narrow)

    said = verify([*CLAIMS, GRANTS], MORE[2:])
    assert [line.split(": ")[1] for line in said] == [
        "9000 yen used from 2027-03-01, 8000 allowed",
        "its coupon does not pay for tests",
    ]
