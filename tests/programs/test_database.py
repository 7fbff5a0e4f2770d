"""The backend's private hook, guarded against upgrades of Django: BEGIN carries the scope."""

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg2 import errors, extensions

from ledger.models import Account, Kind
from programs.models import Program
from programs.scoping import acting_in
from tests.conftest import make_program

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed() -> Program:
    return make_program("commit", "確定", "131130")


def settings_now() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.program', true), current_setting('app.user', true)")
        return tuple(part or "" for part in cursor.fetchone())  # type: ignore[return-value]


def test_begin_scope_and_first_statement_are_one_message(committed: Program) -> None:
    with CaptureQueriesContext(connection) as captured, acting_in(committed.pk, user_id=5):
        assert settings_now() == (str(committed.pk), "5")
        assert settings_now() == (str(committed.pk), "5")
    begin, first, second, commit = [query["sql"] for query in captured.captured_queries]

    assert (begin, commit) == ("BEGIN", "COMMIT")  # Django's note of them; nothing was sent for the first
    assert first.startswith(f"BEGIN; SELECT set_config('app.program', '{committed.pk}', true)")
    assert first.endswith("; SELECT current_setting('app.program', true), current_setting('app.user', true)")
    assert second.startswith("SELECT current_setting")


def test_a_transaction_that_asks_nothing_sends_nothing(committed: Program) -> None:
    settings_now()
    with transaction.atomic():
        raw = connection.connection
        assert raw.get_transaction_status() == extensions.TRANSACTION_STATUS_IDLE
    assert raw.unsent == ""
    with pytest.raises(ValueError, match="boom"), transaction.atomic():
        raise ValueError("boom")
    assert raw.unsent == ""


def test_many_rows_at_once_are_as_well_inside_the_transaction(committed: Program) -> None:
    settings_now()
    with acting_in(committed.pk), connection.cursor() as cursor:
        cursor.executemany("SELECT current_program() + %s", [(1,), (2,)])
        assert connection.connection.get_transaction_status() == extensions.TRANSACTION_STATUS_INTRANS


def test_a_slip_of_grammar_in_the_first_statement_leaves_no_statement_outside(committed: Program) -> None:
    with acting_in(committed.pk):
        raw = connection.connection.cursor()
        with pytest.raises(errors.SyntaxError):
            raw.execute("SELEC 1")
        raw.execute("SELECT current_setting('app.program', true)")
        assert raw.fetchone() == (str(committed.pk),)
        assert connection.connection.get_transaction_status() == extensions.TRANSACTION_STATUS_INTRANS


def test_the_scope_ends_with_its_transaction(committed: Program) -> None:
    with acting_in(committed.pk, user_id=5):
        pass
    with transaction.atomic():
        assert settings_now() == ("", "")


def test_every_transaction_carries_the_scope(committed: Program) -> None:
    with acting_in(committed.pk):
        Account.objects.create(kind=Kind.BANK, label="kept")
    with acting_in(committed.pk):
        assert Account.objects.count() == 1


def test_an_error_rolls_everything_back(committed: Program) -> None:
    with pytest.raises(ValueError, match="boom"), acting_in(committed.pk):
        Account.objects.create(kind=Kind.BANK, label="lost")
        raise ValueError("boom")
    with acting_in(committed.pk):
        assert Account.objects.count() == 0


def test_a_commit_that_postgresql_turns_into_a_rollback_is_an_error(committed: Program) -> None:
    with pytest.raises(InternalError, match="rolled back"), transaction.atomic():
        raw = connection.connection.cursor()
        with pytest.raises(Exception, match="division"):
            raw.execute("SELECT 1/0")


def test_ids_grow_and_fit_in_json(committed: Program) -> None:
    with acting_in(committed.pk):
        ids = [Account.objects.create(kind=Kind.BANK, label=str(n)).pk for n in range(50)]
    assert ids == sorted(ids)
    assert max(ids) < 2**53
