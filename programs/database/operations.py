"""Emptying the tables between tests, as the owner; the application role cannot."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql.operations import DatabaseOperations as PostgresOperations


class DatabaseOperations(PostgresOperations):
    """Deletes instead of truncating (15 times quicker on small tables), triggers set aside."""

    def sql_flush(
        self, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        """Statements that empty `tables`. Works only for the owner in a test cluster, which may
        set session_replication_role; elsewhere PostgreSQL refuses the first statement."""
        filled = self._filled(tables)
        if not filled:
            return []
        guarded = self._guarded(filled)
        statements = ["SET session_replication_role = replica"]
        for table in filled:
            name = self.quote_name(table)
            if table in guarded:
                statements.append(f"ALTER TABLE {name} DISABLE TRIGGER append_only")
            statements.append(f"DELETE FROM {name}")  # noqa: S608 - a table of our own, quoted
            if table in guarded:
                statements.append(f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER append_only")
        return [*statements, "SET session_replication_role = origin"]

    def _filled(self, tables: Sequence[str]) -> list[str]:
        checks = ", ".join(f"EXISTS (SELECT FROM {self.quote_name(table)})" for table in tables)
        if not checks:
            return []
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT ARRAY[{checks}]")  # noqa: S608 - names of our own tables, quoted
            answers = cursor.fetchone()[0]
        return [table for table, has_rows in zip(tables, answers, strict=True) if has_rows]

    def _guarded(self, tables: list[str]) -> set[str]:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'"
                " AND tgrelid = ANY (%s::regclass[])",
                [tables],
            )
            return {row[0] for row in cursor.fetchall()}
