"""enrol_device: one code, one device, 15 minutes; wrong codes are counted in the database."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from kernel.clock import now
from kernel.codes import new_code
from partners.add_device import AddedDevice, add_device
from partners.enrol_device import MOST_IN_PROGRAM, MOST_WRONG_CODES, enrol_device
from partners.errors import EnrolCodeUnknown, TooManyWrongCodes
from partners.models import Device, WrongEnrolCode
from partners.queries import hashed
from partners.revoke_device import revoke_device
from programs.models import Program
from programs.scoping import acting_in
from tests.partners.cast import School

SCREEN = Device.Kind.SCREEN


@pytest.fixture
def added(school: School) -> AddedDevice:
    return add_device(classroom=school.classroom, label="受付", kind=SCREEN, actor=school.owner)


def test_the_device_gets_256_bits_of_which_the_hash_is_stored(added: AddedDevice) -> None:
    enrolled = enrol_device(code=f" {added.code[:4].lower()}－{added.code[4:]} ", kind=SCREEN)

    stored = Device.objects.filter(pk=added.device.pk).values().get()
    assert re.fullmatch(r"[\w-]{43}", enrolled.token)
    assert (stored["token_hash"], stored["enrol_code_hash"]) == (hashed(enrolled.token), "")
    assert enrolled.token not in str(stored)


def used(added: AddedDevice) -> None:
    enrol_device(code=added.code, kind=SCREEN)


def revoked(added: AddedDevice) -> None:
    revoke_device(device=added.device, actor=added.device.acts_as)


def too_old(added: AddedDevice) -> None:
    Device.objects.filter(pk=added.device.pk).update(enrol_until=now())


def of_the_other_kind(added: AddedDevice) -> None:
    Device.objects.filter(pk=added.device.pk).update(kind=Device.Kind.SYSTEM)


def never_made(added: AddedDevice) -> None:
    Device.objects.filter(pk=added.device.pk).update(enrol_code_hash=hashed(new_code()))


@pytest.mark.parametrize("spoil", [used, revoked, too_old, of_the_other_kind, never_made])
def test_every_wrong_code_gets_one_answer_and_is_counted(
    added: AddedDevice, spoil: Callable[[AddedDevice], None]
) -> None:
    spoil(added)
    token_before = Device.objects.get(pk=added.device.pk).token_hash

    with pytest.raises(EnrolCodeUnknown):
        enrol_device(code=added.code, kind=SCREEN)
    assert WrongEnrolCode.objects.count() == 1
    assert Device.objects.get(pk=added.device.pk).token_hash == token_before


def test_ten_wrong_codes_from_one_place_close_the_door_for_that_place_alone(
    school: School, added: AddedDevice
) -> None:
    for number in range(11):
        wrong = Client(REMOTE_ADDR=f"203.0.113.{number}").post("/shibuya/device/enrol/", {"code": "x"})

    there = Client(REMOTE_ADDR="203.0.113.99").post("/shibuya/device/enrol/", {"code": added.code})
    elsewhere = Client(REMOTE_ADDR="198.51.100.1").post("/shibuya/device/enrol/", {"code": added.code})

    assert (wrong.status_code, there.status_code, elsewhere.status_code) == (429, 429, 302)


def test_the_api_counts_places_too(school: School) -> None:
    json = {"content_type": "application/json", "data": {"code": "x"}}
    for _ in range(MOST_WRONG_CODES):
        Client(REMOTE_ADDR="2001:db8:1:2::5").post("/shibuya/api/v1/devices", **json)

    there = Client(REMOTE_ADDR="2001:db8:1:ffff::1").post("/shibuya/api/v1/devices", **json)
    elsewhere = Client(REMOTE_ADDR="2001:db8:2::1").post("/shibuya/api/v1/devices", **json)

    assert [there.json()["error"], elsewhere.json()["error"]] == [
        "too_many_wrong_codes",
        "enrol_code_unknown",
    ]


def test_a_thousand_from_everywhere_close_it_for_all(added: AddedDevice) -> None:
    tries = [WrongEnrolCode(typed_at=now(), came_from=str(number)) for number in range(MOST_IN_PROGRAM)]
    WrongEnrolCode.objects.bulk_create(tries)

    with pytest.raises(TooManyWrongCodes):
        enrol_device(code=added.code, kind=SCREEN, came_from="elsewhere")


def test_ten_wrong_codes_an_hour_close_the_door_of_this_program_alone(
    added: AddedDevice, other_program: Program
) -> None:
    for _ in range(MOST_WRONG_CODES):
        with pytest.raises(EnrolCodeUnknown):
            enrol_device(code="x", kind=SCREEN)

    with pytest.raises(TooManyWrongCodes):
        enrol_device(code=added.code, kind=SCREEN)
    with acting_in(other_program.pk), pytest.raises(EnrolCodeUnknown):
        enrol_device(code=added.code, kind=SCREEN)
    later = now() + timedelta(minutes=61)
    Device.objects.filter(pk=added.device.pk).update(enrol_until=later + timedelta(minutes=1))
    with time_machine.travel(later, tick=False):
        assert enrol_device(code=added.code, kind=SCREEN).device == added.device


def test_the_page_sets_a_cookie_that_scripts_and_other_sites_never_see(
    school: School, added: AddedDevice
) -> None:
    client = Client()

    answer = client.post("/shibuya/device/enrol/", {"code": added.code})

    cookie = answer.cookies[f"device_{school.program.pk}"]
    assert (answer.status_code, answer["Location"]) == (302, "/shibuya/counter/")
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/shibuya/")
    assert Device.objects.get(token_hash=hashed(cookie.value)) == added.device


def test_the_page_counts_wrong_codes_although_it_refuses(school: School) -> None:
    client = Client()

    answers = [client.post("/shibuya/device/enrol/", {"code": "K7P2-9QX4-M1ZT"}) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [404] * 10 + [429]
    assert "K7P2-9QX4-M1ZT" in answers[0].content.decode()  # what was typed stays
