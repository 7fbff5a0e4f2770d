"""Django's PostgreSQL backend, with BEGIN, the scope and the first statement in one message.

psycopg2 stays in autocommit; BEGIN, COMMIT and ROLLBACK are sent by us. So the scope is set by
`set_config(..., true)` in the very message that opens the transaction, and ends with it: nothing
can leak to the next user of a pooled connection. The message waits for the transaction's first
statement and goes out with it: one round trip less for each request, none for a transaction that
asks nothing. tests/programs/test_database.py guards the private hook against upgrades of Django.
"""

import select
from typing import Any

from django.db import InternalError
from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction
from psycopg2 import extensions

from programs.database.operations import DatabaseOperations
from programs.database.schema import DatabaseSchemaEditor
from programs.scope import NOWHERE, Scope, current_scope

SET_SCOPE = "SELECT set_config('app.program', '%s', true), set_config('app.user', '%s', true)"


class Connection(extensions.connection):
    """A connection that may still owe the server its BEGIN."""

    unsent = ""  # BEGIN with the scope, until the transaction's first statement


class Cursor(extensions.cursor):
    """Sends what the connection owes together with the first statement."""

    def execute(self, sql: Any, arguments: Any = None) -> None:
        """As psycopg2's."""
        owed, self.connection.unsent = self.connection.unsent, ""
        if not owed:
            super().execute(sql, arguments)
            return
        try:
            super().execute(f"{owed}; {sql}", arguments)
        except Exception:
            # A message with a slip of grammar is refused whole, its BEGIN too: it is still owed.
            if self.connection.get_transaction_status() == extensions.TRANSACTION_STATUS_IDLE:
                self.connection.unsent = owed
            raise

    def _send_owed(self) -> None:
        if self.connection.unsent:
            self.execute("SELECT")

    def executemany(self, sql: Any, rows: Any) -> None:
        """As psycopg2's."""
        self._send_owed()
        super().executemany(sql, rows)

    def callproc(self, name: Any, arguments: Any = ()) -> Any:
        """As psycopg2's."""
        self._send_owed()
        return super().callproc(name, arguments)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        """As psycopg2's."""
        self._send_owed()
        super().copy_expert(sql, file, size)


class DatabaseWrapper(base.DatabaseWrapper):
    """See the module."""

    SchemaEditorClass = DatabaseSchemaEditor
    ops_class = DatabaseOperations

    def _scope_sql(self, scope: Scope) -> str:
        program_id, user_id = (part if part is None else int(part) for part in scope)
        return SET_SCOPE % (program_id or "", user_id or "")

    def get_connection_params(self) -> dict[str, Any]:
        """Django's, with our connection and cursor."""
        params: dict[str, Any] = super().get_connection_params()
        return {**params, "connection_factory": Connection, "cursor_factory": Cursor}

    def _start_transaction_under_autocommit(self) -> None:
        scope = current_scope()
        with debug_transaction(self, "BEGIN"):
            self.connection.unsent = "BEGIN" if scope == NOWHERE else f"BEGIN; {self._scope_sql(scope)}"

    def is_usable(self) -> bool:
        """Whether the server is still there, asked of the socket and not of the server: no round trip.

        An idle connection has nothing to say; one that is readable was closed by the other side.
        """
        if self.connection is None or self.connection.closed:
            return False
        look = select.poll()
        look.register(self.connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not look.poll(0)

    def set_scope(self, scope: Scope) -> None:
        """Change the scope inside an open transaction."""
        with self.cursor() as cursor:
            cursor.execute(self._scope_sql(scope))

    def _end_transaction(self, word: str) -> str:
        if self.connection is None:
            return word
        if self.connection.unsent:  # nothing was asked, so nothing has begun
            self.connection.unsent = ""
            with debug_transaction(self, word):
                return word
        with debug_transaction(self, word), self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(word)
            return str(cursor.statusmessage)

    def _commit(self) -> None:
        # PostgreSQL answers ROLLBACK, without an error, to the COMMIT of a failed transaction.
        if self._end_transaction("COMMIT") == "ROLLBACK":
            raise InternalError("the transaction had failed and was rolled back, not committed")

    def _rollback(self) -> None:
        self._end_transaction("ROLLBACK")
