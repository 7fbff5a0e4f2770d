"""apply: a school asks to take part."""

import pytest

from audit.models import Record
from kernel.errors import NotAllowed
from partners.apply import apply
from partners.models import Provider
from programs.models import Membership, Program, Role
from tests.conftest import member

ASKED = {"name": "まなびの森", "kind": "juku", "classroom": "本校", "area": "渋谷"}


def test_a_school_waits_and_its_owner_owns_it(program: Program) -> None:
    owner = member(program, Role.PROVIDER_ADMIN)

    school = apply(**ASKED, actor=owner)

    assert (school.state, school.payable, school.classrooms.get().name) == ("applied", None, "本校")
    assert school.owners.get().membership == owner
    assert Record.objects.get().verb == "provider.applied"


def test_a_paper_application_has_no_owner_yet(office: Membership) -> None:
    assert not apply(**ASKED, actor=office).owners.exists()


def test_a_stranger_may_not(stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        apply(**ASKED, actor=stranger)
    assert not Provider.objects.exists()
