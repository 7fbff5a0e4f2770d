"""verify: each kind of wrong in the books is seen. The owner breaks them; the application cannot."""

import pytest
from django.db import connection, connections

from ledger.accounts import the_account
from ledger.models import Kind
from ledger.post import post
from ledger.verify import verify
from programs.models import Program
from programs.scoping import acting_in
from tests.conftest import make_program

NOTHING = "SELECT NULL::text, NULL::int, NULL::bigint, NULL::bigint, NULL::bigint WHERE false"


def claim(source: str, debit: int, credit: int, amount_yen: int, leg: int = 1) -> str:
    return f"SELECT '{source}'::text, {leg}, {debit}::bigint, {credit}::bigint, {amount_yen}::bigint"


@pytest.fixture
def accounts(program: Program) -> tuple[int, int]:
    bank, fund = the_account(Kind.BANK, "bank"), the_account(Kind.FUND, "fund")
    post(debit=bank, credit=fund, amount_yen=1_000, source="gift:1")
    return bank.pk, fund.pk


def test_whole_books_say_nothing(accounts: tuple[int, int]) -> None:
    assert verify([claim("gift:1", *accounts, 1_000)]) == []


@pytest.mark.parametrize(
    ("source", "amount_yen", "words"),
    [("gift:1", 999, "another transfer"), ("gift:2", 1_000, "no transfer")],
)
def test_a_claim_without_its_transfer_is_seen(
    accounts: tuple[int, int], source: str, amount_yen: int, words: str
) -> None:
    assert any(words in said for said in verify([claim(source, *accounts, amount_yen)]))


def test_a_transfer_that_nothing_claims_is_seen(accounts: tuple[int, int]) -> None:
    assert len(verify([NOTHING])) == 1


def test_an_event_claimed_twice_is_seen(accounts: tuple[int, int]) -> None:
    twice = claim("gift:1", *accounts, 1_000)
    assert any("2 times" in said for said in verify([twice, twice]))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE ledger_balance SET balance_yen = balance_yen + 1", "transfers say"),
        ("DELETE FROM ledger_balance", "nothing"),
        ("UPDATE ledger_transfer SET amount_yen = 999", "another transfer"),
        ("DELETE FROM ledger_transfer", "no transfer"),
    ],
)
def test_what_the_owner_alone_could_break_is_seen(damage: str, words: str) -> None:
    made = make_program("books", "帳簿", "131130")
    with acting_in(made.pk):
        bank, fund = the_account(Kind.BANK, "bank"), the_account(Kind.FUND, "fund")
        post(debit=bank, credit=fund, amount_yen=1_000, source="gift:1")
    with connections["migrate"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER append_only")
        cursor.execute(damage)
        cursor.execute("ALTER TABLE ledger_transfer ENABLE ALWAYS TRIGGER append_only")

    with acting_in(made.pk):
        said = verify([claim("gift:1", bank.pk, fund.pk, 1_000)])

    assert any(words in one for one in said), said
    assert connection.settings_dict["USER"] == "sc_app"
