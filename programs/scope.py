"""The program one acts in, as a value: no models here, so that the database backend may read it."""

from contextvars import ContextVar, Token
from typing import NamedTuple


class Scope(NamedTuple):
    """Who acts where. `user_id` opens only that user's own memberships."""

    program_id: int | None
    user_id: int | None


NOWHERE = Scope(None, None)
_scope: ContextVar[Scope] = ContextVar("scope", default=NOWHERE)


class NoProgram(RuntimeError):
    """A scoped table was asked without a program: a programming error, never an empty page."""


def current_scope() -> Scope:
    """The scope one acts in, or NOWHERE."""
    return _scope.get()


def current_program_id() -> int:
    """The program one acts in. Raises NoProgram."""
    program_id = _scope.get().program_id
    if program_id is None:
        raise NoProgram("wrap this in programs.scoping.acting_in(program_id)")
    return program_id


def enter_scope(scope: Scope) -> Token[Scope]:
    """For acting_in() alone."""
    return _scope.set(scope)


def leave_scope(token: Token[Scope]) -> None:
    """For acting_in() alone."""
    _scope.reset(token)
