"""ledger.post: the only writer of money."""

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.accounts import open_account, the_account
from ledger.balances import balance_yen
from ledger.errors import AnotherTransfer, NotEnoughMoney
from ledger.models import Account, Balance, Kind, Transfer
from ledger.post import post, post_reversal
from programs.models import Program


@pytest.fixture
def bank(program: Program) -> Account:
    return the_account(Kind.BANK, "bank")


@pytest.fixture
def fund(program: Program) -> Account:
    return the_account(Kind.FUND, "fund")


def test_post_moves_money_between_two_accounts(bank: Account, fund: Account) -> None:
    post(debit=bank, credit=fund, amount_yen=1_000, source="gift:1")

    assert (balance_yen(bank), balance_yen(fund)) == (1_000, 1_000)


def test_a_repeat_moves_nothing_and_names_the_first(bank: Account, fund: Account) -> None:
    first = post(debit=bank, credit=fund, amount_yen=1_000, source="gift:1")
    again = post(debit=bank, credit=fund, amount_yen=1_000, source="gift:1")

    assert first == again
    assert balance_yen(fund) == 1_000


def test_the_same_source_with_another_amount_is_refused(bank: Account, fund: Account) -> None:
    post(debit=bank, credit=fund, amount_yen=1_000, source="gift:1")

    with pytest.raises(AnotherTransfer):
        post(debit=bank, credit=fund, amount_yen=999, source="gift:1")
    assert balance_yen(fund) == 1_000


def test_a_fund_never_goes_below_zero(bank: Account, fund: Account) -> None:
    coupon = open_account(kind=Kind.COUPON, label="coupon")
    post(debit=bank, credit=fund, amount_yen=1_000, source="gift:1")

    with pytest.raises(NotEnoughMoney):
        post(debit=fund, credit=coupon, amount_yen=1_001, source="coupon:1")
    assert (balance_yen(fund), balance_yen(coupon)) == (1_000, 0)
    assert Transfer.objects.count() == 1


def test_a_reversal_brings_everything_back_once(bank: Account, fund: Account) -> None:
    operating = the_account(Kind.OPERATING, "operating")
    post(debit=bank, credit=fund, amount_yen=800, source="gift:1")
    post(debit=bank, credit=operating, amount_yen=200, source="gift:1", leg=2)

    post_reversal(of_source="gift:1", source="refund:1")
    post_reversal(of_source="gift:1", source="refund:1")

    assert (balance_yen(bank), balance_yen(fund), balance_yen(operating)) == (0, 0, 0)
    with pytest.raises(DatabaseError, match="transfer_reversed_once"), transaction.atomic():
        post_reversal(of_source="gift:1", source="refund:2")


@pytest.mark.parametrize(
    "attempt",
    [
        "INSERT INTO ledger_transfer (program_id, debit_id, credit_id, amount_yen, source, leg, posted_at)"
        " SELECT program_id, id, id, 1, 'x', 1, now() FROM ledger_account",
        "UPDATE ledger_transfer SET amount_yen = 1",
        "DELETE FROM ledger_transfer",
        "TRUNCATE ledger_transfer",
        "UPDATE ledger_balance SET balance_yen = 1",
        "INSERT INTO ledger_balance (program_id, account_id, balance_yen) SELECT program_id, id, 9 FROM ledger_account",
        "ALTER TABLE ledger_transfer DISABLE TRIGGER append_only",
        "SET session_replication_role = replica",
        "SET ROLE sc_owner",
        "SET ROLE sc_definer",
        "DROP POLICY program_wall ON ledger_transfer",
    ],
)
def test_the_application_role_cannot_write_money_by_itself(
    bank: Account, fund: Account, attempt: str
) -> None:
    post(debit=bank, credit=fund, amount_yen=1_000, source="gift:1")

    with (
        pytest.raises(DatabaseError, match="permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attempt)
    assert Balance.objects.get(account=fund).balance_yen == 1_000
