"""ledger.reserve: what the loss reserve holds, and which funds it stops while it is below zero."""

import pytest

from ledger.accounts import open_account, the_account
from ledger.models import Account, Kind
from ledger.post import post
from ledger.reserve import reserve_yen, short_yen_for
from programs.models import Program
from programs.scoping import acting_in


def fund_from(kind: Kind, yen: int = 1_000) -> Account:
    fund = open_account(kind=Kind.FUND, label=str(kind))
    post(debit=the_account(kind, "money"), credit=fund, amount_yen=yen, source=f"gift:{fund.pk}")
    return fund


def take_out(yen: int, name: str = "1") -> None:
    clearing, reserve = the_account(Kind.STRIPE_CLEARING, "money"), the_account(Kind.LOSS_RESERVE, "reserve")
    post(debit=reserve, credit=clearing, amount_yen=yen, source=f"refund:{name}")


def test_it_is_what_came_in_less_what_went_out(program: Program, other_program: Program) -> None:
    assert reserve_yen() == 0
    operating, reserve = the_account(Kind.OPERATING, "running"), the_account(Kind.LOSS_RESERVE, "reserve")
    post(debit=operating, credit=reserve, amount_yen=500, source="fill:1")
    take_out(700)
    assert reserve_yen() == -200
    with acting_in(other_program.pk):
        assert reserve_yen() == 0


@pytest.mark.parametrize(
    ("kind", "short_yen"), [(Kind.STRIPE_CLEARING, 300), (Kind.BANK, 0), (Kind.RECEIVABLE, 0)]
)
def test_below_zero_it_stops_funds_whose_money_may_be_taken_back(
    program: Program, kind: Kind, short_yen: int
) -> None:
    fund = fund_from(kind)
    assert short_yen_for(fund) == 0
    take_out(300)
    assert short_yen_for(fund) == short_yen


def test_at_zero_nothing_stops(program: Program) -> None:
    fund = fund_from(Kind.STRIPE_CLEARING)
    take_out(300)
    post(
        debit=the_account(Kind.OPERATING, "running"),
        credit=the_account(Kind.LOSS_RESERVE, "reserve"),
        amount_yen=300,
        source="fill:1",
    )
    assert short_yen_for(fund) == 0
