"""The cast and the frozen day: 31 March 2027, the last of the fiscal year, noon in Japan.

Every test runs as the application role, behind row security. `program` opens the first program's
scope for the whole test; `other_program` is the one whose rows must never be seen.
"""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine
from django.db import OperationalError, connections
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from kernel import limits
from programs.directory import forget_programs
from programs.models import Membership, Program, ProgramYear, Role, User
from programs.scoping import acting_in

FROZEN = datetime(2027, 3, 31, 3, 0, tzinfo=UTC)
LAST_DAY = date(2027, 3, 31)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Transactional tests empty the tables as the owner: a mirror alone is silently never reset."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark and mark.kwargs.get("transaction"):
            mark.kwargs["databases"] = ["default", "migrate"]


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Always make the owner's test database: `default` mirrors it, and pytest-django makes only what a
    test names. A run without one transactional test went to the database of DATABASE_URL itself."""
    verbosity = request.config.option.verbose
    keep = request.config.getvalue("reuse_db") and not request.config.getvalue("create_db")
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=verbosity, interactive=False, aliases={"default", "migrate"}, keepdb=keep
        )
    yield
    if not keep:
        with django_db_blocker.unblock():
            connections["default"].close()  # the mirror's session would hold the database
            for pause in (0.2, 0.5, 1.0, 2.0, 4.0):  # a live server's thread ends a little after its browser
                try:
                    teardown_databases(made, verbosity=verbosity)
                    break
                except OperationalError:
                    time.sleep(pause)


@pytest.fixture(autouse=True)
def frozen_day(request: pytest.FixtureRequest) -> Iterator[None]:
    """Time stands still, unless the test is marked `real_time` (browsers, servers, signatures)."""
    if request.node.get_closest_marker("real_time"):
        yield
        return
    with time_machine.travel(FROZEN, tick=False):
        yield


@pytest.fixture(autouse=True)
def programs_asked_anew() -> None:
    """Programs come and go with tests; a remembered one would have another's id."""
    forget_programs()


@pytest.fixture(autouse=True)
def nothing_remembered(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test meets the counts of another, and pages are drawn anew unless a test is about remembering them."""
    monkeypatch.setattr(limits, "PREFIX", f"limit:{uuid4().hex}:")
    monkeypatch.setattr(limits, "_away_until", 0.0)
    settings.PAGES_REMEMBERED_SECONDS = 0


def make_program(slug: str, name: str, code: str) -> Program:
    """A program with its year 2026 (April 2026 to March 2027): 200,000 yen, not pro-rated."""
    made = Program.objects.create(slug=slug, name=name, name_en=slug.title(), municipality_code=code)
    with acting_in(made.pk):
        ProgramYear.objects.create(
            year=2026,
            first_day=date(2026, 4, 1),
            last_day=LAST_DAY,
            face_yen=200_000,
            eligible_children=180,
        )
    return made


def member(program: Program, role: Role, email: str | None = None) -> Membership:
    """An active membership, with a user of its own unless `email` is known already."""
    address = email or f"{role}@{program.slug}.example"
    user = User.objects.filter(email=address).first() or User.objects.create_user(address, name=address)
    with acting_in(program.pk, user_id=user.pk):
        return Membership.objects.create(user=user, role=role)


@pytest.fixture
def two_programs(db: None) -> tuple[Program, Program]:
    """Two programs, no scope opened."""
    return make_program("shibuya", "渋谷", "131130"), make_program("fukuoka", "福岡", "401307")


@pytest.fixture
def other_program(two_programs: tuple[Program, Program]) -> Program:
    """The program whose rows must not be seen."""
    return two_programs[1]


@pytest.fixture
def program(two_programs: tuple[Program, Program]) -> Iterator[Program]:
    """The first program, with its scope open."""
    with acting_in(two_programs[0].pk):
        yield two_programs[0]


@pytest.fixture
def year(program: Program) -> ProgramYear:
    """The program's year 2026."""
    return ProgramYear.objects.get(year=2026)


@pytest.fixture
def office(program: Program) -> Membership:
    """Someone of the secretariat."""
    return member(program, Role.OFFICE)


@pytest.fixture
def city(program: Program) -> Membership:
    """Someone of the city."""
    return member(program, Role.CITY)


@pytest.fixture
def stranger(program: Program) -> Membership:
    """A member without any power here: a donor."""
    return member(program, Role.DONOR, "stranger@shibuya.example")
