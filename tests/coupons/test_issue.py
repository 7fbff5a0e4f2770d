"""coupons.issue: money of a fund becomes one child's coupon, once."""

from datetime import date

import pytest

from audit.models import Record
from coupons import issue as issuing
from coupons.errors import (
    AlreadyIssued,
    CouponRefused,
    FundTooSmall,
    NotAFund,
    NotApproved,
    NothingLeftToGive,
    YearOver,
)
from coupons.issue import issue
from coupons.models import Coupon
from coupons.set_use_rules import set_use_rules
from coupons.use_rules import Rules, Window, face_yen_of
from families.models import Application
from kernel.codes import new_code, read_code
from kernel.errors import NotAllowed
from ledger.accounts import the_account
from ledger.balances import balance_yen
from ledger.models import Kind, Transfer
from outbox.models import Message
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import LAST_DAY, member
from tests.coupons.cast import a_fund, an_application


def test_issue_moves_the_money_and_leaves_a_trail(year: ProgramYear, office: Membership) -> None:
    fund, application = a_fund(500_000), an_application(year, office)

    coupon = issue(application=application, fund=fund, actor=office)

    assert (balance_yen(fund), balance_yen(coupon.account)) == (300_000, 200_000)
    assert (coupon.child_id, coupon.year, coupon.face_yen) == (application.child_id, year, 200_000)
    assert (coupon.last_day, coupon.state, coupon.issued_by) == (LAST_DAY, "active", office)
    assert read_code(coupon.code) == coupon.code
    about = f"coupon:{coupon.pk}"
    assert Transfer.objects.get(source=about).amount_yen == 200_000
    assert Record.objects.get(subject=about).facts == {"face_yen": 200_000, "fund_id": fund.pk}
    assert Message.objects.get(about=about).topic == "coupon_issued"


def test_what_was_issued_does_not_change_with_the_year(year: ProgramYear, office: Membership) -> None:
    coupon = issue(application=an_application(year, office), fund=a_fund(200_000), actor=office)

    ProgramYear.objects.update(face_yen=1, last_day=date(2026, 12, 31))

    coupon.refresh_from_db()
    assert (coupon.face_yen, coupon.last_day) == (200_000, LAST_DAY)


@pytest.mark.parametrize(
    ("on", "months"),
    [
        (date(2026, 3, 1), 12),  # before the year: all of it
        (date(2026, 4, 1), 12),
        (date(2026, 4, 30), 12),
        (date(2026, 5, 1), 11),
        (date(2027, 2, 28), 2),
        (date(2027, 3, 31), 1),
    ],
)
def test_a_prorated_coupon_counts_the_months_left(on: date, months: int) -> None:
    year = ProgramYear(
        year=2026, first_day=date(2026, 4, 1), last_day=LAST_DAY, face_yen=120_005, is_prorated=True
    )

    assert face_yen_of(year, Rules(), grade=4, on=on) == 10_000 * months


def test_issue_prorates_by_the_day_of_issue(year: ProgramYear, office: Membership) -> None:
    ProgramYear.objects.update(is_prorated=True, face_yen=120_000)

    coupon = issue(
        application=an_application(year, office), fund=a_fund(200_000), actor=office, on=date(2026, 10, 15)
    )

    assert coupon.face_yen == 60_000


@pytest.mark.parametrize(
    ("case", "refusal", "facts"),
    [
        ("applied", NotApproved, {}),
        ("declined", NotApproved, {}),
        ("over", YearOver, {"last_day": LAST_DAY}),
        ("again", AlreadyIssued, {}),
        ("bank", NotAFund, {}),
        ("small", FundTooSmall, {"missing_yen": 1}),
    ],
)
def test_issue_refuses_and_writes_nothing(
    year: ProgramYear, office: Membership, case: str, refusal: type[CouponRefused], facts: dict[str, object]
) -> None:
    fund = a_fund(199_999 if case == "small" else 500_000)
    application = an_application(year, office, state=case if case in ("applied", "declined") else "approved")
    if case == "again":
        issue(application=application, fund=fund, actor=office)
    before = (balance_yen(fund), Coupon.objects.count(), Record.objects.count(), Message.objects.count())

    with pytest.raises(refusal) as said:
        issue(
            application=application,
            fund=the_account(Kind.BANK, "bank") if case == "bank" else fund,
            actor=office,
            on=date(2027, 4, 1) if case == "over" else None,
        )

    assert said.value.facts == facts
    after = (balance_yen(fund), Coupon.objects.count(), Record.objects.count(), Message.objects.count())
    assert after == before


def test_a_coupon_that_would_be_worth_nothing_is_refused_in_words(
    year: ProgramYear, office: Membership
) -> None:
    fund, application = a_fund(500_000), an_application(year, office)
    windows = [Window(date(2026, 4, 1), date(2026, 12, 31), 10_000)]
    set_use_rules(year=year, rules=Rules(windows=windows), reason="x", seen_version=0, actor=office)

    with pytest.raises(NothingLeftToGive):
        issue(application=application, fund=fund, actor=office, on=date(2027, 1, 1))

    assert not Coupon.objects.exists() and balance_yen(fund) == 500_000
    assert issue(application=application, fund=fund, actor=office, on=date(2026, 12, 31)).face_yen == 10_000


def test_a_cancelled_coupon_makes_room_for_another(year: ProgramYear, office: Membership) -> None:
    fund, application = a_fund(400_000), an_application(year, office)
    issue(application=application, fund=fund, actor=office)
    Coupon.objects.update(state=Coupon.State.VOID)

    assert issue(application=application, fund=fund, actor=office).state == "active"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_the_office_issues(year: ProgramYear, office: Membership, program: Program, role: Role) -> None:
    with pytest.raises(NotAllowed):
        issue(
            application=an_application(year, office),
            fund=a_fund(200_000),
            actor=member(program, role, "other@shibuya.example"),
        )
    assert not Coupon.objects.exists()


def test_an_application_of_another_program_is_not_found(
    year: ProgramYear, office: Membership, other_program: Program
) -> None:
    with acting_in(other_program.pk):
        foreign = an_application(ProgramYear.objects.get(), member(other_program, Role.OFFICE))

    with pytest.raises(Application.DoesNotExist):
        issue(application=foreign, fund=a_fund(200_000), actor=office)


def test_a_code_that_is_taken_is_drawn_again(
    year: ProgramYear, office: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = a_fund(400_000)
    first = issue(application=an_application(year, office), fund=fund, actor=office)
    fresh = new_code()
    drawn = iter([first.code, fresh])
    monkeypatch.setattr(issuing, "new_code", lambda: next(drawn))

    assert issue(application=an_application(year, office), fund=fund, actor=office).code == fresh
