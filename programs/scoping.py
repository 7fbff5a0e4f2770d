"""The program one acts in: wall 1 in Python, and the value that wall 2 in PostgreSQL gets.

One context variable holds it. The scoped manager reads it to filter; the database backend reads
it when a transaction begins and hands it to row security. Without it both refuse.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from programs.fields import ProgramField
from programs.scope import Scope, current_program_id, current_scope, enter_scope, leave_scope


@contextmanager
def acting_in(
    program_id: int | None, *, user_id: int | None = None, using: str = DEFAULT_DB_ALIAS
) -> Iterator[None]:
    """Act in one program, inside one transaction: the setting ends with it.

    Inside an open transaction it becomes a savepoint and the outer scope comes back afterwards.
    """
    outer = current_scope()
    token = enter_scope(Scope(program_id, user_id))
    connection = connections[using]
    nested = connection.in_atomic_block
    try:
        with transaction.atomic(using=using):
            if nested:
                connection.set_scope(Scope(program_id, user_id))  # type: ignore[attr-defined]
            yield
            if nested and not connection.needs_rollback:
                connection.set_scope(outer)  # type: ignore[attr-defined]
    finally:
        leave_scope(token)


class ScopedQuerySet(models.QuerySet[Any]):
    """A query within one program."""


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """Filters by the program one acts in, and raises where there is none."""

    def get_queryset(self) -> ScopedQuerySet:
        found: ScopedQuerySet = super().get_queryset().filter(program_id=current_program_id())
        return found


class ProgramScoped(models.Model):
    """A row of one program."""

    program = ProgramField()
    objects = ScopedManager()

    class Meta:
        abstract = True


class AppendOnly(ProgramScoped):
    """A row that nobody edits or deletes, not even by a setting (a trigger and grants refuse)."""

    program = ProgramField(append_only=True)

    class Meta:
        abstract = True


class WrittenByFunctions(ProgramScoped):
    """A row that only database functions write; the application role may read it."""

    program = ProgramField(by_functions=True)

    class Meta:
        abstract = True
