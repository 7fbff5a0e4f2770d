"""The owner's page and the secretariat's list of schools."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coupons.models import Coupon
from coupons.redeem import Spend
from partners.models import Device, Provider
from partners.queries import hashed
from partners.redeem_at_counter import redeem_at_counter
from partners.reverse_at_counter import reverse_at_counter
from programs.models import Membership, Role
from tests.conftest import LAST_DAY, member
from tests.partners.cast import School, open_school


def signed_in(person: Membership) -> Client:
    """With the second factor that staff need."""
    client = Client()
    client.force_login(person.user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa"}]
    session.save()
    return client


def take(school: School, coupon: Coupon, amount_yen: int) -> int:
    spend = Spend(amount_yen=amount_yen, category="tuition", request_key=uuid4())
    taken = redeem_at_counter(counter=school.counter, code=coupon.code, spend=spend, actor=school.clerk)
    return taken.redemption_id


@pytest.fixture
def owner(school: School) -> Client:
    return signed_in(school.owner)


@pytest.fixture
def address(school: School) -> str:
    return f"/shibuya/school/{school.provider.pk}/"


def test_the_owner_sees_what_is_owed_and_no_one_elses_school(
    school: School, coupon: Coupon, owner: Client, address: str, foreign_school: School
) -> None:
    take(school, coupon, 12_000)
    last = take(school, coupon, 3_000)
    reverse_at_counter(counter=school.counter, redemption_id=last, actor=school.clerk)
    neighbour = open_school(school.program, "となり塾")

    shown = owner.get(address).content.decode()

    assert "12,000" in shown and "15,000" not in shown
    assert '<s class="money-minus">' in shown
    assert coupon.code not in shown and "はる" not in shown
    assert owner.get("/shibuya/school/")["Location"] == address
    for other in (neighbour, foreign_school):
        assert owner.get(f"/shibuya/school/{other.provider.pk}/").status_code == 404
    assert signed_in(school.clerk).get(address).status_code == 404


def test_without_a_second_factor_the_owner_is_sent_for_it(school: School, address: str) -> None:
    client = Client()
    client.force_login(school.owner.user)
    assert client.get(address)["Location"] == "/second-factor/"


def test_the_page_costs_the_same_queries_however_long(
    school: School, coupon: Coupon, owner: Client, address: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert owner.get(address).status_code == 200
        return len(seen)

    take(school, coupon, 10)
    queries()
    few = queries()
    for _ in range(12):
        take(school, coupon, 10)
    assert queries() == few


def test_uses_come_in_pages(school: School, coupon: Coupon, owner: Client, address: str) -> None:
    for _ in range(51):
        take(school, coupon, 10)

    assert owner.get(address).content.decode().count('<th scope="row">2027') == 50
    assert owner.get(address + "?page=2").content.decode().count('<th scope="row">2027') == 1


def test_a_new_devices_code_is_shown_once_and_works(school: School, owner: Client, address: str) -> None:
    typed = {"device-classroom": school.classroom.pk, "device-label": "受付 2", "device-kind": "screen"}

    answer = owner.post(address + "devices/", typed)

    found = re.search(r"data-enrol-code>([0-9A-Z-]{14})<", answer.content.decode())
    assert found and "no-store" in answer["Cache-Control"]
    assert Device.objects.get(label="受付 2").enrol_code_hash == hashed(found[1].replace("-", ""))
    assert found[1] not in owner.get(address).content.decode()
    assert Client().post("/shibuya/device/enrol/", {"code": found[1]}).status_code == 302


def test_devices_and_people_go_only_to_own_classrooms(school: School, owner: Client, address: str) -> None:
    elsewhere = open_school(school.program, "となり塾")
    typed = {"device-classroom": elsewhere.classroom.pk, "device-label": "x", "device-kind": "screen"}
    before = Device.objects.count()

    assert owner.post(address + "devices/", typed).status_code == 422
    assert owner.post(address + f"devices/{elsewhere.tablet.pk}/revoke/").status_code == 404
    assert Device.objects.count() == before
    assert Device.objects.get(pk=elsewhere.tablet.pk).revoked_at is None


def test_a_device_is_switched_off(school: School, owner: Client, address: str, till: Client) -> None:
    assert owner.post(address + f"devices/{school.tablet.pk}/revoke/").status_code == 302
    assert till.get(f"/shibuya/counter/{school.classroom.pk}/").status_code == 403


def test_a_person_is_added_by_address(school: School, owner: Client, address: str) -> None:
    person = member(school.program, Role.COUNTER, "new@x.example")
    typed = {"staff-classroom": school.classroom.pk, "staff-email": "ＮＥＷ@x.example"}

    assert owner.post(address + "staff/", typed).status_code == 302
    assert school.classroom.staff.filter(membership=person).exists()
    unknown = owner.post(address + "staff/", {**typed, "staff-email": "nobody@x.example"})
    assert unknown.status_code == 422
    assert "nobody@x.example" in unknown.content.decode()


def test_the_secretariat_enters_approves_and_suspends(school: School) -> None:
    client = signed_in(school.office)
    typed = {"name": "そら学習会", "kind": "npo", "classroom": "本部", "area": "恵比寿"}
    assert client.post("/shibuya/office/schools/new/", typed).status_code == 302
    made = Provider.objects.get(name="そら学習会")
    act = f"/shibuya/office/schools/{made.pk}/"

    assert client.post(act + "approve/", {"until": "soon"}).status_code == 422
    assert client.post(act + "approve/", {"until": LAST_DAY.isoformat()}).status_code == 302
    assert client.post(act + "suspend/", {"reason": ""}).status_code == 422
    assert client.post(act + "suspend/", {"reason": "確認"}).status_code == 302
    assert client.post(act + "suspend/", {"reason": "確認"}).status_code == 422

    made.refresh_from_db()
    assert made.state == "suspended"
    assert "そら学習会" in client.get("/shibuya/office/schools/?state=suspended").content.decode()
    assert "そら学習会" not in client.get("/shibuya/office/schools/?state=approved").content.decode()
    assert client.post("/shibuya/office/schools/new/", {}).status_code == 422


def test_the_list_costs_the_same_queries_however_long(school: School, foreign_school: School) -> None:
    client = signed_in(school.office)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            answer = client.get("/shibuya/office/schools/")
            assert foreign_school.provider.name not in answer.content.decode()
        return len(seen)

    queries()
    few = queries()
    for number in range(4):
        open_school(school.program, f"塾{number}")
    assert queries() == few


def test_only_the_secretariat_decides(school: School, owner: Client, foreign_school: School) -> None:
    act = f"/shibuya/office/schools/{school.provider.pk}/approve/"
    until = {"until": (LAST_DAY + timedelta(days=1)).isoformat()}

    assert owner.post(act, until).status_code == 404
    office = signed_in(school.office)
    assert (
        office.post(f"/shibuya/office/schools/{foreign_school.provider.pk}/approve/", until).status_code
        == 404
    )
