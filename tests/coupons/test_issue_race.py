"""Two offices at once: the last money is given once, and a child gets one coupon."""

import time
from collections.abc import Callable
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import models

from coupons import issue as issuing
from coupons.errors import AlreadyIssued, FundTooSmall
from coupons.issue import issue
from coupons.models import Coupon
from families.models import Application
from ledger.balances import balance_yen
from ledger.models import Account, Balance
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.cast import a_fund, an_application
from tests.coupons.racing import Crowd

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


@pytest.fixture
def offices(two_programs: tuple[Program, Program]) -> tuple[Program, list[Membership]]:
    """Eight people of the secretariat."""
    program = two_programs[0]
    return program, [member(program, Role.OFFICE, f"office{n}@shibuya.example") for n in range(AT_ONCE)]


def last_money(program: Program, offices: list[Membership], crowd: Crowd) -> None:
    """Money for three, asked for by eight for eight children."""
    with acting_in(program.pk):
        fund = a_fund(650_000, label="last money")
        year = ProgramYear.objects.get()
        waiting = [an_application(year, offices[0]) for _ in offices]

    answers = crowd.go([_issue(one, fund, actor) for one, actor in zip(waiting, offices, strict=True)])

    assert [type(answer) for answer in answers].count(Coupon) == 3, answers
    refused = [answer for answer in answers if isinstance(answer, FundTooSmall)]
    assert [refusal.facts for refusal in refused] == [{"missing_yen": 150_000}] * 5, answers
    with acting_in(program.pk):
        assert balance_yen(fund) == 50_000
        assert Coupon.objects.filter(fund=fund).count() == 3


def same_child(program: Program, offices: list[Membership], crowd: Crowd) -> None:
    """Eight issue to one child, each from a fund of its own, so that no fund keeps them in line."""
    with acting_in(program.pk):
        application = an_application(ProgramYear.objects.get(), offices[0])
        funds = [a_fund(200_000, label=f"fund {n}") for n in range(AT_ONCE)]

    answers = crowd.go([_issue(application, fund, actor) for fund, actor in zip(funds, offices, strict=True)])

    assert [type(answer) for answer in answers].count(Coupon) == 1, answers
    assert [type(answer) for answer in answers].count(AlreadyIssued) == AT_ONCE - 1, answers
    with acting_in(program.pk):
        assert sum(balance_yen(fund) for fund in funds) == 200_000 * (AT_ONCE - 1)


def _issue(application: Application, fund: Account, actor: Membership):
    return lambda: issue(application=application, fund=fund, actor=actor)


def test_the_last_money_is_given_once(offices: tuple[Program, list[Membership]]) -> None:
    with Crowd(AT_ONCE, offices[0].pk) as crowd:
        for _ in range(5):
            last_money(*offices, crowd)


def test_a_child_gets_one_coupon(offices: tuple[Program, list[Membership]]) -> None:
    with Crowd(AT_ONCE, offices[0].pk) as crowd:
        for _ in range(5):
            same_child(*offices, crowd)


def test_a_job_and_a_click_for_one_of_its_children_do_not_wait_for_each_other(
    offices: tuple[Program, list[Membership]],
) -> None:
    """The job's step holds the fund when the click comes, and comes to the clicked child after that."""
    program, (slow, quick, *_) = offices
    with acting_in(program.pk):
        fund, year = a_fund(1_000_000), ProgramYear.objects.get()
        first, second = an_application(year, slow), an_application(year, slow)
    has_the_fund = Event()

    def step() -> list[Coupon]:
        issued = [issue(application=first, fund=fund, actor=slow)]
        has_the_fund.set()
        time.sleep(0.5)  # the click waits by now
        return [*issued, issue(application=second, fund=fund, actor=slow)]

    def click() -> Coupon:
        has_the_fund.wait(10)
        return issue(application=second, fund=fund, actor=quick)

    with Crowd(2, program.pk) as crowd:
        of_the_job, of_the_click = crowd.go([step, click])

    assert isinstance(of_the_job, list) and len(of_the_job) == 2, of_the_job
    assert isinstance(of_the_click, AlreadyIssued), of_the_click


def meeting_after(read: Callable[..., Any]) -> Callable[..., Any]:
    """`read`, and then wait until all have read, so that the race is arranged and not left to luck."""
    everybody = Barrier(AT_ONCE, timeout=10)

    def read_and_wait(*args: Any) -> Any:
        answer = read(*args)
        everybody.wait()
        return answer

    return read_and_wait


def test_without_the_hold_on_the_fund_it_is_not_exact(
    offices: tuple[Program, list[Membership]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_read(account_id: int) -> int:
        return Balance.objects.get(account=account_id).balance_yen

    monkeypatch.setattr(issuing, "hold_yen", meeting_after(only_read))
    with Crowd(AT_ONCE, offices[0].pk) as crowd, pytest.raises(AssertionError, match="Coupon"):
        last_money(*offices, crowd)


def test_without_the_lock_on_the_application_it_is_not_exact(
    offices: tuple[Program, list[Membership]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **options: self)
    monkeypatch.setattr(issuing, "has_coupon", meeting_after(issuing.has_coupon))
    with Crowd(AT_ONCE, offices[0].pk) as crowd, pytest.raises(AssertionError, match="IntegrityError"):
        same_child(*offices, crowd)
