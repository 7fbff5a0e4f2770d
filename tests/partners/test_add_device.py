"""add_device: a place for a device, and the code that is shown once."""

import pytest

from kernel.errors import NotAllowed
from partners.add_device import add_device
from partners.models import Device
from partners.queries import hashed
from tests.partners.cast import School, open_school


def test_only_the_codes_hash_is_stored(school: School) -> None:
    added = add_device(classroom=school.classroom, label="受付", kind=Device.Kind.SCREEN, actor=school.owner)

    stored = Device.objects.filter(pk=added.device.pk).values().get()
    assert stored["enrol_code_hash"] == hashed(added.code)
    assert added.code not in str(stored)
    assert stored["acts_as_id"] == school.owner.pk


def test_the_secretariat_may_and_others_may_not(school: School) -> None:
    neighbour = open_school(school.program, "となり塾").owner
    before = Device.objects.count()

    add_device(classroom=school.classroom, label="x", kind=Device.Kind.SCREEN, actor=school.office)
    for actor in (school.clerk, neighbour):
        with pytest.raises(NotAllowed):
            add_device(classroom=school.classroom, label="x", kind=Device.Kind.SCREEN, actor=actor)
    assert Device.objects.count() == before + 1
