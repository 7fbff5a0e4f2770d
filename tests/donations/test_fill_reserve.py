"""donations.fill_reserve: a second person moves running costs into the loss reserve, once, never below zero."""

from collections.abc import Callable, Iterator
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from donations import fill_reserve as filling
from donations.drop_fill import drop_fill
from donations.errors import AskedYourself, FillDecided, RunningCostsTooLow
from donations.fill_reserve import fill_reserve
from donations.models import ReserveFill
from donations.propose_fill import running_costs
from donations.queries import running_costs_paid_yen
from kernel.clock import now
from kernel.errors import NotAllowed
from ledger.balances import balance_yen
from ledger.models import Transfer
from ledger.post import post
from ledger.reserve import reserve_yen
from programs.models import Membership, Program, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.racing import Crowd
from tests.donations.by_hand import second_person
from tests.donations.reserve import asked, with_running_costs
from tests.donations.test_books import violations

AT_ONCE = 6


@pytest.fixture
def second(program: Program) -> Membership:
    with_running_costs(50_000)
    return second_person(program)


def of_fills() -> list[tuple[str, str, int]]:
    rows = Transfer.objects.filter(source__startswith="reserve_fill:")
    return list(rows.values_list("debit__kind", "credit__kind", "amount_yen"))


@pytest.fixture
def books_are_right(program: Program) -> Iterator[None]:
    yield
    assert [one for one in violations() if "opening:" not in one] == []


@pytest.mark.usefixtures("books_are_right")
def test_a_second_person_moves_the_money_once(office: Membership, second: Membership) -> None:
    fill = asked(office, 30_000)

    for _ in range(2):
        filled = fill_reserve(fill=fill, actor=second)

    assert (filled.state, filled.decided_by) == ("filled", second)
    assert of_fills() == [("operating", "loss_reserve", 30_000)]
    assert (reserve_yen(), balance_yen(running_costs())) == (30_000, 20_000)
    assert running_costs_paid_yen() == 0  # put aside, not spent


def test_the_books_miss_a_filling_that_was_not_posted(office: Membership, second: Membership) -> None:
    fill = asked(office)
    ReserveFill.objects.filter(pk=fill.pk).update(state="filled", decided_by=second, decided_at=now())
    assert any(fill.source in one for one in violations())


def test_who_asked_may_not_move_it(office: Membership, second: Membership) -> None:
    fill = asked(office)
    with pytest.raises(AskedYourself):
        fill_reserve(fill=fill, actor=office)
    assert of_fills() == []


def test_the_database_wants_a_second_person_too(office: Membership, second: Membership) -> None:
    fill = fill_reserve(fill=asked(office), actor=second)
    with pytest.raises(IntegrityError, match="reserve_fill_second_person"), transaction.atomic():
        ReserveFill.objects.filter(pk=fill.pk).update(decided_by=office)


def test_running_costs_never_go_below_zero(office: Membership, second: Membership) -> None:
    fill, other = asked(office, 30_000), asked(office, 30_000)
    fill_reserve(fill=fill, actor=second)

    with pytest.raises(RunningCostsTooLow, match="20,000"):
        fill_reserve(fill=other, actor=second)

    other.refresh_from_db()
    assert other.is_waiting and balance_yen(running_costs()) == 20_000


def test_what_was_dropped_is_not_moved(office: Membership, second: Membership) -> None:
    fill = drop_fill(fill=asked(office), words="不要", actor=second)
    with pytest.raises(FillDecided):
        fill_reserve(fill=fill, actor=second)
    assert of_fills() == []


def test_a_stranger_may_not(
    office: Membership, second: Membership, stranger: Membership, city: Membership
) -> None:
    fill = asked(office)
    for actor in (stranger, city):
        with pytest.raises(NotAllowed):
            fill_reserve(fill=fill, actor=actor)
    assert of_fills() == []


def test_another_program_does_not_find_it(
    office: Membership, second: Membership, other_program: Program
) -> None:
    fill = asked(office)
    theirs = member(other_program, Role.OFFICE, "their@fukuoka.example")
    with acting_in(other_program.pk), pytest.raises(ReserveFill.DoesNotExist):
        fill_reserve(fill=fill, actor=theirs)


# Many at once


def race(program: Program) -> list[int]:
    """Six fillings of 30,000 yen, all decided at the same moment; what running costs hold then, and how many went."""
    with acting_in(program.pk):
        asker = member(program, Role.OFFICE, "asker@shibuya.example")
        second = second_person(program)
        with_running_costs(180_000)
        fills = [asked(asker, 30_000) for _ in range(AT_ONCE)]
        bank = Transfer.objects.get(source__startswith="opening:").debit
        post(debit=running_costs(), credit=bank, amount_yen=130_000, source="opening:paid")
    with Crowd(AT_ONCE, program.pk) as crowd:
        answers = crowd.go([lambda one=one: fill_reserve(fill=one, actor=second) for one in fills])
    assert {type(one) for one in answers} <= {ReserveFill, RunningCostsTooLow}, answers
    with acting_in(program.pk):
        return [balance_yen(running_costs()), len(of_fills())]


@pytest.mark.django_db(transaction=True)
def test_six_at_once_take_what_is_there_and_no_more(two_programs: tuple[Program, Program]) -> None:
    assert race(two_programs[0]) == [20_000, 1]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_six_at_once_take_too_much(
    two_programs: tuple[Program, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: everybody looks before anybody takes."""
    everybody = Barrier(AT_ONCE, timeout=10)
    check: Callable[..., Any] = filling.check_running_costs

    def look_and_wait(*args: Any) -> None:
        check(*args)
        everybody.wait()

    monkeypatch.setattr(filling, "hold_account", lambda account: None)
    monkeypatch.setattr(filling, "check_running_costs", look_and_wait)
    assert race(two_programs[0]) == [-130_000, AT_ONCE]
