"""Fixtures of coupon tests, made by cast.py."""

import pytest

from coupons.models import Coupon
from ledger.models import Account
from programs.models import Membership, Program, ProgramYear, Role
from tests.conftest import member
from tests.coupons.cast import a_coupon, a_school


@pytest.fixture
def till(program: Program) -> Membership:
    """Someone at a school's counter."""
    return member(program, Role.COUNTER)


@pytest.fixture
def school(program: Program) -> Account:
    """What is owed to the school."""
    return a_school()


@pytest.fixture
def coupon(year: ProgramYear, office: Membership) -> Coupon:
    """A coupon of 10,000 yen whose last day is the frozen day."""
    return a_coupon(year, office)
