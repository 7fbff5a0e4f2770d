"""Four programs' published terms, each with a year simulated day by day of every boundary.

Sources: ../shared/reference/domain.md 1.1 (OSA-U, FUK-U, CFC-ABOUT, SCI-PLAN). What their pages do not say is
said here: a pair of months that share an amount counts whole when a coupon is issued within it.
"""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from coupons.books import CLAIMS, MORE
from coupons.errors import BalanceTooLow, CouponClosed, GradeNotOffered, OverAllowance
from coupons.expire import expire_program
from coupons.issue import issue
from coupons.models import Coupon, Expiry
from coupons.redeem import usable_yen
from coupons.set_use_rules import set_use_rules
from coupons.use_rules import Amount, Rules, monthly
from kernel.clock import JAPAN
from ledger.balances import balance_yen
from ledger.models import Account
from ledger.verify import verify
from programs.models import Membership, Program, ProgramYear
from tests.coupons.cast import a_fund, an_application, spend

APRIL = date(2026, 4, 1)
OSAKA = ((7, 8), (12, 1))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=JAPAN)


def set_to(year: ProgramYear, office: Membership, rules: Rules) -> None:
    set_use_rules(year=year, rules=rules, reason="公表された要項", seen_version=0, actor=office)


def issued_on(day: date, year: ProgramYear, office: Membership, fund: Account, grade: int = 9) -> Coupon:
    application = an_application(year, office)
    application.grade_number = grade
    application.save()
    with time_machine.travel(noon(day), tick=False):
        return issue(application=application, fund=fund, actor=office)


def night_before(program: Program, day: date) -> None:
    """What the machine does in the night in which `day` begins."""
    with time_machine.travel(noon(day), tick=False):
        expire_program(program.pk, day)


def use(coupon: Coupon, yen: int, school: Account, till: Membership, on: date) -> None:
    with time_machine.travel(noon(on), tick=False):
        spend(coupon, yen, payee=school, actor=till, on=on)


@pytest.fixture
def fund(program: Program) -> Account:
    return a_fund(10_000_000)


def test_osaka_ten_thousand_a_month_two_pairs_pooled_nothing_carried(
    program: Program, year: ProgramYear, office: Membership, till: Membership, school: Account, fund: Account
) -> None:
    windows = monthly(year, 10_000, pooled=OSAKA)
    set_to(year, office, Rules(windows=windows))
    coupon = issued_on(APRIL, year, office, fund)
    assert coupon.face_yen == 120_000
    used = 0

    for number, window in enumerate(windows):
        night_before(program, window.first_day)
        still = sum(one.yen for one in windows[number:])
        assert balance_yen(coupon.account) == still
        for on in (window.first_day, window.last_day):
            assert usable_yen(coupon, on) == window.yen
        is_last = number == len(windows) - 1
        with pytest.raises(BalanceTooLow if is_last else OverAllowance) as over:
            use(coupon, window.yen + 1, school, till, window.first_day)
        assert over.value.facts == {"usable_yen": window.yen}
        # All on the last day, 3,000 less, or nothing at all: in turn.
        spent = (window.yen, window.yen - 3_000, 0)[number % 3]
        if spent:
            use(coupon, spent, school, till, window.last_day)
        used += spent
        assert usable_yen(coupon, window.last_day) == window.yen - spent

    night_before(program, date(2027, 4, 1))
    assert (balance_yen(coupon.account), balance_yen(school)) == (0, used)
    assert balance_yen(fund) == 10_000_000 - used
    assert sum(one.amount_yen for one in Expiry.objects.all()) == 120_000 - used
    with pytest.raises(CouponClosed):
        use(coupon, 1, school, till, date(2027, 4, 1))


def test_osaka_issued_in_september_begins_with_septembers_amount(
    program: Program, year: ProgramYear, office: Membership, till: Membership, school: Account, fund: Account
) -> None:
    set_to(year, office, Rules(windows=monthly(year, 10_000, pooled=OSAKA)))
    coupon = issued_on(date(2026, 9, 15), year, office, fund)

    assert coupon.face_yen == 70_000
    assert usable_yen(coupon, date(2026, 9, 15)) == 10_000
    assert usable_yen(coupon, date(2026, 12, 31)) == 20_000


def test_the_same_carried_over_adds_up_from_the_month_of_issue(
    program: Program, year: ProgramYear, office: Membership, till: Membership, school: Account, fund: Account
) -> None:
    set_to(year, office, Rules(windows=monthly(year, 10_000), carries_over=True))
    coupon = issued_on(date(2026, 6, 10), year, office, fund)
    assert coupon.face_yen == 100_000

    assert usable_yen(coupon, date(2026, 6, 30)) == 10_000
    night_before(program, date(2026, 7, 1))
    assert (balance_yen(coupon.account), usable_yen(coupon, date(2026, 7, 1))) == (100_000, 20_000)
    use(coupon, 15_000, school, till, date(2026, 7, 31))
    night_before(program, date(2026, 8, 1))
    assert usable_yen(coupon, date(2026, 8, 1)) == 15_000
    assert usable_yen(coupon, date(2027, 3, 31)) == 85_000
    night_before(program, date(2027, 4, 1))
    assert balance_yen(coupon.account) == 0


def test_a_job_that_runs_over_midnight_loses_no_month(
    year: ProgramYear, office: Membership, till: Membership, school: Account, fund: Account
) -> None:
    set_to(year, office, Rules(windows=monthly(year, 10_000), carries_over=True))
    application = an_application(year, office)
    with time_machine.travel(noon(date(2026, 5, 1)), tick=False):  # asked for on the last of April
        coupon = issue(application=application, fund=fund, actor=office, on=date(2026, 4, 30))
    assert coupon.face_yen == 120_000

    assert usable_yen(coupon, date(2026, 5, 1)) == 20_000
    use(coupon, 20_000, school, till, date(2026, 5, 1))
    with pytest.raises(OverAllowance):
        use(coupon, 1, school, till, date(2026, 5, 31))
    assert usable_yen(coupon, date(2027, 3, 31)) == 100_000


def test_fukuoka_a_hundred_and_twenty_thousand_less_ten_for_each_month_gone(
    program: Program, year: ProgramYear, office: Membership, till: Membership, school: Account, fund: Account
) -> None:
    year.face_yen, year.is_prorated = 120_000, True
    year.save()
    set_to(year, office, Rules(amounts=[Amount(5, 9, 120_000)]))

    worth = {}
    day = APRIL
    while day <= year.last_day:
        worth[day.month] = issued_on(day, year, office, fund, grade=5).face_yen
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    assert worth == {month: 10_000 * ((3 - month) % 12 + 1) for month in range(1, 13)}

    coupon = issued_on(date(2026, 10, 31), year, office, fund, grade=9)
    assert coupon.face_yen == 60_000
    use(coupon, 59_999, school, till, date(2026, 10, 31))  # no window: all at once
    night_before(program, date(2027, 3, 31))
    assert usable_yen(coupon, date(2027, 3, 31)) == 1
    night_before(program, date(2027, 4, 1))
    assert balance_yen(coupon.account) == 0
    for outside in (4, 10):
        with pytest.raises(GradeNotOffered):
            issued_on(APRIL, year, office, fund, grade=outside)


def test_cfc_amounts_by_grade_until_the_end_of_march(
    program: Program, year: ProgramYear, office: Membership, till: Membership, school: Account, fund: Account
) -> None:
    year.first_day = date(2026, 5, 1)
    year.save()
    amounts = [
        Amount(1, 6, 150_000),
        Amount(7, 8, 200_000),
        Amount(9, 9, 300_000),
        Amount(10, 11, 200_000),
        Amount(12, 12, 300_000),
    ]
    set_to(year, office, Rules(amounts=amounts))

    coupons = {grade: issued_on(date(2026, 4, 28), year, office, fund, grade) for grade in range(1, 13)}
    assert [coupons[grade].face_yen // 1_000 for grade in range(1, 13)] == (
        [150] * 6 + [200, 200, 300, 200, 200, 300]
    )
    coupon = coupons[9]
    assert usable_yen(coupon, date(2026, 4, 30)) == 0
    assert usable_yen(coupon, date(2026, 5, 1)) == 300_000 == usable_yen(coupon, date(2027, 3, 31))
    use(coupon, 120_000, school, till, date(2026, 5, 1))
    use(coupon, 100_000, school, till, date(2027, 3, 31))
    night_before(program, date(2027, 4, 1))
    returned = sum(one.face_yen for one in coupons.values()) - 220_000
    assert (
        balance_yen(fund) == 10_000_000 - 220_000
        and sum(Expiry.objects.values_list("amount_yen", flat=True)) == returned
    )


def test_shibuya_two_hundred_thousand_for_the_third_grade_of_junior_high(
    program: Program, year: ProgramYear, office: Membership, till: Membership, school: Account, fund: Account
) -> None:
    set_to(year, office, Rules(amounts=[Amount(9, 9, 200_000)]))
    coupon = issued_on(APRIL, year, office, fund)
    with pytest.raises(GradeNotOffered):
        issued_on(APRIL, year, office, fund, grade=8)

    for month in (4, 7, 10, 12):
        use(coupon, 25_000, school, till, date(2026, month, 25))
        night_before(program, date(2026, month, 26))
    assert usable_yen(coupon, date(2027, 3, 31)) == 100_000
    use(coupon, 100_000, school, till, date(2027, 3, 31))
    night_before(program, date(2027, 4, 1))
    assert (coupon.face_yen, balance_yen(coupon.account), balance_yen(school)) == (200_000, 0, 200_000)
    assert not Expiry.objects.exists()


def test_the_books_agree_with_a_simulated_year(
    program: Program, year: ProgramYear, office: Membership, till: Membership, school: Account, fund: Account
) -> None:
    set_to(year, office, Rules(windows=monthly(year, 10_000, pooled=OSAKA), categories=["tuition"]))
    for start in (APRIL, date(2026, 8, 31), date(2027, 3, 31)):
        coupon = issued_on(start, year, office, fund)
        use(coupon, 4_321, school, till, start)
        night_before(program, min(start + timedelta(days=1), year.last_day))
    night_before(program, date(2027, 4, 1))

    grants = "SELECT t.source, 1, t.debit_id, t.credit_id, t.amount_yen FROM ledger_transfer t WHERE t.source LIKE 'grant:%'"
    assert verify([*CLAIMS, grants], MORE[1:]) == []
