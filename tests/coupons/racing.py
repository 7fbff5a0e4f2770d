"""Many at once, each on a connection of its own, let go together; and functions with a guard taken out."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

from django.db import connection, connections

from programs.scoping import acting_in

Act = Callable[[], Any]


class Crowd:
    """`size` threads that keep their connections from round to round."""

    def __init__(self, size: int, program_id: int) -> None:
        self.size, self.program_id = size, program_id
        self.pool = ThreadPoolExecutor(size)

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *args: object) -> None:
        self._each([connection_closer] * self.size)
        self.pool.shutdown()

    def go(self, acts: list[Act]) -> list[Any]:
        """Each act in a transaction of the program, all let go at one moment; answers or exceptions."""

        def in_program(act: Act) -> Any:
            with acting_in(self.program_id):
                return act()

        return self._each([lambda act=act: in_program(act) for act in acts])

    def _each(self, acts: list[Act]) -> list[Any]:
        start = Barrier(len(acts), timeout=30)

        def run(act: Act) -> Any:
            start.wait()
            try:
                return act()
            except Exception as error:
                return error

        return list(self.pool.map(run, acts))


def connection_closer() -> None:
    """Each thread closes its own."""
    connection.close()


@contextmanager
def function_with(path: Path, changes: dict[str, str]) -> Iterator[None]:
    """The first function of a .sql file, with pieces of its text changed, installed by the migrating role.

    The true one comes back at the end.
    """
    true = path.read_text().split("END $$;")[0] + "END $$;"
    mutant = true
    for old, new in changes.items():
        assert mutant.count(old) == 1, f"{old!r} stands {mutant.count(old)} times in {path.name}"
        mutant = mutant.replace(old, new)
    _install(mutant)
    try:
        yield
    finally:
        _install(true)


def _install(sql: str) -> None:
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SET ROLE sc_definer")  # who owns it
        try:
            cursor.execute(sql)
        finally:
            cursor.execute("SET ROLE sc_owner")
