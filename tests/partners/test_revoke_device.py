"""revoke_device: dead at once."""

import pytest
from django.test import Client

from audit.models import Record
from kernel.errors import NotAllowed
from partners.models import Device
from partners.revoke_device import revoke_device
from tests.partners.cast import School, open_school


def test_a_revoked_tablet_meets_a_closed_door_with_the_next_request(school: School, till: Client) -> None:
    page = f"/shibuya/counter/{school.classroom.pk}/"
    assert till.get(page).status_code == 200

    revoke_device(device=school.tablet, actor=school.owner)
    revoke_device(device=school.tablet, actor=school.owner)

    assert till.get(page).status_code == 403
    assert Record.objects.filter(verb="device.revoked").count() == 1


def test_a_revoked_till_system_is_not_authenticated(school: School) -> None:
    revoke_device(device=school.system, actor=school.office)

    answer = Client().post(
        "/shibuya/api/v1/checks",
        headers={"Authorization": f"Device {school.system_token}"},
        data={},
        content_type="application/json",
    )

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")


def test_strangers_may_not(school: School) -> None:
    for actor in (school.clerk, open_school(school.program, "となり塾").owner):
        with pytest.raises(NotAllowed):
            revoke_device(device=school.tablet, actor=actor)
    assert Device.objects.get(pk=school.tablet.pk).revoked_at is None
