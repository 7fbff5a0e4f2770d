"""ledger.hold: what an account holds, held still until the transaction ends."""

import pytest
from django.db import OperationalError, connection

from ledger.accounts import the_account
from ledger.hold import hold_yen
from ledger.models import Account, Kind
from ledger.post import post
from programs.models import Program
from programs.scoping import acting_in
from tests.coupons.cast import a_fund
from tests.coupons.racing import Crowd


def test_it_says_what_the_account_holds(program: Program) -> None:
    assert hold_yen(a_fund(1_234).pk) == 1_234


def test_an_account_without_a_stored_balance_is_not_found(program: Program) -> None:
    with pytest.raises(Account.DoesNotExist):
        hold_yen(the_account(Kind.BANK, "bank").pk)


def test_another_programs_account_is_not_found(program: Program, other_program: Program) -> None:
    with acting_in(other_program.pk):
        foreign = a_fund(1)

    with pytest.raises(Account.DoesNotExist):
        hold_yen(foreign.pk)


@pytest.mark.django_db(transaction=True)
def test_nobody_else_moves_it_meanwhile(two_programs: tuple[Program, Program]) -> None:
    program = two_programs[0]
    with acting_in(program.pk):
        fund, bank = a_fund(1_000), the_account(Kind.BANK, "bank")

    def move() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
        post(debit=bank, credit=fund, amount_yen=1, source="grant:late")

    with Crowd(1, program.pk) as crowd, acting_in(program.pk):
        hold_yen(fund.pk)
        answer = crowd.go([move])[0]

    assert isinstance(answer, OperationalError) and "lock timeout" in str(answer)
