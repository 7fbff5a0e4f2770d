"""Wall 1, and that either wall holds when the other is gone."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from kernel.clock import now
from ledger.models import Account, Kind
from programs.models import Membership, Program, Role
from programs.scope import NoProgram, current_scope
from programs.scoping import ScopedManager, acting_in
from tests.conftest import member


def test_a_query_without_a_program_raises(two_programs: tuple[Program, Program]) -> None:
    with pytest.raises(NoProgram):
        Account.objects.count()


def test_the_database_raises_too_when_python_forgets(two_programs: tuple[Program, Program]) -> None:
    with acting_in(two_programs[0].pk):
        Account.objects.create(
            kind=Kind.BANK, label="ours"
        )  # of an empty table no row is held against the wall
    with pytest.raises(DatabaseError, match="no program is set"), transaction.atomic():
        Account._base_manager.count()


def test_rows_of_another_program_are_not_seen(program: Program, other_program: Program) -> None:
    with acting_in(other_program.pk):
        theirs = Account.objects.create(kind=Kind.BANK, label="theirs")
    ours = Account.objects.create(kind=Kind.BANK, label="ours")

    assert list(Account.objects.all()) == [ours]
    assert not Account.objects.filter(pk=theirs.pk).exists()


def test_row_security_holds_when_the_scoped_manager_is_gone(
    program: Program, other_program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_in(other_program.pk):
        Account.objects.create(kind=Kind.BANK, label="theirs")
    monkeypatch.setattr(ScopedManager, "get_queryset", models.Manager.get_queryset)

    assert Account.objects.count() == 0
    assert Account.objects.update(label="mine now") == 0
    assert Account.objects.all().delete()[0] == 0


def test_a_new_row_cannot_name_another_program(program: Program, other_program: Program) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Account.objects.create(program=other_program, kind=Kind.BANK, label="smuggled")


def test_a_row_cannot_point_to_another_programs_row(program: Program, other_program: Program) -> None:
    with acting_in(other_program.pk):
        theirs = Account.objects.create(kind=Kind.FUND, label="theirs")
    ours = Account.objects.create(kind=Kind.BANK, label="ours")

    with (
        pytest.raises(IntegrityError, match="foreign key"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT ledger_post(%s, %s, 5, 'smuggle:1')", [ours.pk, theirs.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_scope_comes_back_after_a_nested_one(program: Program, other_program: Program) -> None:
    Account.objects.create(kind=Kind.BANK, label="ours")
    with acting_in(other_program.pk):
        assert Account.objects.count() == 0
    assert Account.objects.count() == 1
    assert current_scope().program_id == program.pk


def test_the_scope_comes_back_after_an_error(program: Program, other_program: Program) -> None:
    with pytest.raises(ValueError, match="boom"), acting_in(other_program.pk):
        raise ValueError("boom")
    Account.objects.create(kind=Kind.BANK, label="ours")
    assert Account.objects.count() == 1


def test_a_person_sees_own_memberships_of_all_programs_and_nobody_elses(
    two_programs: tuple[Program, Program],
) -> None:
    first = member(two_programs[0], Role.OFFICE, "one@example.jp")
    member(two_programs[1], Role.CITY, "one@example.jp")
    member(two_programs[0], Role.OFFICE, "two@example.jp")

    with acting_in(None, user_id=first.user_id):
        assert Membership._base_manager.count() == 2


def test_a_person_cannot_write_a_membership_without_the_program(
    two_programs: tuple[Program, Program],
) -> None:
    mine = member(two_programs[0], Role.DONOR, "one@example.jp")
    with pytest.raises(DatabaseError), acting_in(None, user_id=mine.user_id):
        Membership._base_manager.filter(pk=mine.pk).update(role=Role.OFFICE, created_at=now())


def test_a_program_cannot_change_anothers_directory_row(program: Program, other_program: Program) -> None:
    assert Program.objects.filter(pk=other_program.pk).update(name="stolen") == 0
    assert Program.objects.filter(pk=program.pk).update(help_phone="03-0000-0000") == 1
