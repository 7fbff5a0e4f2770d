"""A school and a coupon in the first program; the same in the other, where nothing may be seen."""

import pytest
from django.test import Client

from coupons.models import Coupon
from programs.models import Program
from programs.scoping import acting_in
from tests.conftest import make_program
from tests.partners.cast import School, a_coupon, open_school


@pytest.fixture
def school(program: Program) -> School:
    """An approved school with all it needs."""
    return open_school(program)


@pytest.fixture
def coupon(program: Program) -> Coupon:
    """30,000 yen on it."""
    return a_coupon(program, yen=30_000)


@pytest.fixture
def foreign_school(school: School, other_program: Program) -> School:
    """A school of the other program."""
    with acting_in(other_program.pk):
        return open_school(other_program, "ひかり学習室")


@pytest.fixture
def foreign_coupon(school: School, other_program: Program) -> Coupon:
    """A coupon of the other program."""
    with acting_in(other_program.pk):
        return a_coupon(other_program, yen=30_000)


@pytest.fixture
def till(school: School) -> Client:
    """The clerk, signed in on the enrolled tablet."""
    client = Client()
    client.force_login(school.clerk.user)
    client.cookies[f"device_{school.program.pk}"] = school.tablet_token
    return client


@pytest.fixture
def slug() -> str:
    """The committed program's address."""
    return "shibuya"


@pytest.fixture
def committed_program(transactional_db: None, slug: str) -> Program:
    """A program whose rows are committed: for statements with BEGIN and COMMIT, and for a real server."""
    return make_program(slug, "渋谷", "131130")


@pytest.fixture
def committed_school(committed_program: Program) -> School:
    """A committed school."""
    with acting_in(committed_program.pk):
        return open_school(committed_program)


@pytest.fixture
def committed_coupon(committed_school: School) -> Coupon:
    """A committed coupon of 30,000 yen."""
    with acting_in(committed_school.program.pk):
        return a_coupon(committed_school.program, yen=30_000)
