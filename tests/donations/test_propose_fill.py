"""donations.propose_fill: asked for, and no money moves."""

from uuid import uuid4

import pytest

from audit.models import Record
from donations.errors import FormKeyUsed, ReasonNeeded, RunningCostsTooLow
from donations.models import ReserveFill
from kernel.errors import NotAllowed
from ledger.models import Transfer
from programs.models import Membership, Program
from programs.scoping import acting_in
from tests.donations.reserve import asked, with_running_costs


@pytest.fixture(autouse=True)
def money(program: Program) -> None:
    with_running_costs(50_000)


def test_it_is_noted_and_no_money_moves(office: Membership) -> None:
    fill = asked(office, 50_000)

    assert (fill.state, fill.asked_by, fill.amount_yen) == ("waiting", office, 50_000)
    assert Transfer.objects.count() == 1  # what put money into running costs
    assert Record.objects.get(verb="reserve_fill.asked").facts == {"amount_yen": 50_000}


def test_a_repeat_is_one_and_other_figures_are_refused(office: Membership) -> None:
    key = uuid4()

    assert asked(office, request_key=key) == asked(office, request_key=key)
    with pytest.raises(FormKeyUsed):
        asked(office, 1, request_key=key)
    assert ReserveFill.objects.count() == 1


def test_more_than_running_costs_hold_and_no_reason_are_refused(office: Membership) -> None:
    with pytest.raises(RunningCostsTooLow, match="50,000"):
        asked(office, 50_001)
    with pytest.raises(ReasonNeeded):
        asked(office, reason="  ")
    assert not ReserveFill.objects.exists()


def test_a_stranger_may_not(stranger: Membership, city: Membership) -> None:
    for actor in (stranger, city):
        with pytest.raises(NotAllowed):
            asked(actor)
    assert not ReserveFill.objects.exists()


def test_another_program_does_not_see_it(office: Membership, other_program: Program) -> None:
    asked(office)
    with acting_in(other_program.pk):
        assert not ReserveFill.objects.exists()
