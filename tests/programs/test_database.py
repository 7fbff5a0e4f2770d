"""The backend's private hook, guarded against upgrades of Django: BEGIN carries the scope."""

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

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


def test_begin_and_scope_are_one_message(committed: Program) -> None:
    with CaptureQueriesContext(connection) as captured, acting_in(committed.pk, user_id=5):
        assert settings_now() == (str(committed.pk), "5")
    sent = [query["sql"] for query in captured.captured_queries]

    assert len([sql for sql in sent if "set_config" in sql]) == 0  # inside BEGIN's own message
    assert sent[0] == "BEGIN"
    assert sent[-1] == "COMMIT"


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
