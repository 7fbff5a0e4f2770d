"""The cast of families: an application as the office types it in."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from families.apply import ChildFacts, GuardianFacts, apply
from families.models import Application
from programs.models import Membership, ProgramYear

Register = Callable[..., Application]
FACTS: dict[str, Any] = {
    "name": "髙﨑 𠮷邉",
    "kana": "タカサキ ヨシナベ",
    "nickname": "よっしー",
    "birth_date": date(2011, 4, 2),
}


@pytest.fixture
def register(year: ProgramYear, office: Membership) -> Register:
    """Register a child; what is not said is as in FACTS."""

    def registered(
        *, guardian: str | None = "髙﨑 花子", household: Any = None, on: date | None = None, **changed: Any
    ) -> Application:
        return apply(
            household=household,
            guardian=GuardianFacts(name=guardian) if guardian is not None else None,
            child=ChildFacts(**{**FACTS, **changed}),
            year=year,
            actor=office,
            on=on,
        )

    return registered


@pytest.fixture
def application(register: Register) -> Application:
    """One application that waits for a decision."""
    return register()
