"""add_staff: who takes coupons where."""

import pytest

from audit.models import Record
from kernel.errors import NotAllowed
from partners.add_staff import add_staff
from partners.errors import NoSuchStaff
from partners.models import ClassroomStaff
from programs.models import Role
from tests.conftest import member
from tests.partners.cast import School, open_school


def test_a_counter_person_is_tied_once(school: School) -> None:
    person = member(school.program, Role.COUNTER, "new@x.example")

    first = add_staff(classroom=school.classroom, person=person, actor=school.owner)
    again = add_staff(classroom=school.classroom, person=person, actor=school.owner)

    assert first == again
    assert Record.objects.filter(verb="staff.added", facts={"membership_id": person.pk}).count() == 1


def test_only_counter_people_and_only_by_the_owner(school: School) -> None:
    person = member(school.program, Role.COUNTER, "new@x.example")
    before = ClassroomStaff.objects.count()

    for other in (None, school.owner, member(school.program, Role.DONOR, "d@x.example")):
        with pytest.raises(NoSuchStaff):
            add_staff(classroom=school.classroom, person=other, actor=school.owner)
    with pytest.raises(NotAllowed):
        add_staff(classroom=school.classroom, person=person, actor=school.clerk)
    assert ClassroomStaff.objects.count() == before

    neighbour = open_school(school.program, "となり塾").owner
    with pytest.raises(NotAllowed):
        add_staff(classroom=school.classroom, person=person, actor=neighbour)
