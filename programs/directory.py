"""The directory of programs, remembered for a few seconds: every request asks it."""

import time

from programs.models import Program

REMEMBERED_SECONDS = 5.0
_remembered: dict[str, tuple[float, Program]] = {}


def find_program(slug: str) -> Program | None:
    """The program of that address, or None. A changed name shows within REMEMBERED_SECONDS."""
    known = _remembered.get(slug)
    if known and known[0] > time.monotonic():
        return known[1]
    program = Program.objects.filter(slug=slug).first()
    if program is not None:
        _remembered[slug] = (time.monotonic() + REMEMBERED_SECONDS, program)
    return program


def forget_programs() -> None:
    """Ask the database again; for tests, whose programs come and go."""
    _remembered.clear()
