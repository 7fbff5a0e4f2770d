"""The till systems' API: stable codes, one answer for a repeat, and at most five statements."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coupons.models import Coupon, Redemption
from partners.add_device import add_device
from partners.models import Device
from partners.suspend import suspend
from tests.partners.cast import School

ADDRESS = "/shibuya/api/v1/redemptions"


def ask(school: School, body: Any, **headers: str) -> Any:
    sent = {"Authorization": f"Device {school.system_token}", "Idempotency-Key": str(uuid4()), **headers}
    return Client().post(ADDRESS, body, content_type="application/json", headers=sent)


def test_201_then_200_with_the_same_body(school: School, coupon: Coupon) -> None:
    body, key = {"code": coupon.code, "amount_yen": 12_000}, str(uuid4())

    first = ask(school, body, **{"Idempotency-Key": key})
    again = ask(school, body, **{"Idempotency-Key": key})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["amount_yen"] == 12_000
    assert first.json()["redeemed_at"].endswith("+09:00")
    assert Redemption.objects.get().pk == first.json()["id"]
    assert first["Cache-Control"] == "no-store"


def test_errors_are_problems_with_stable_codes(
    school: School, coupon: Coupon, foreign_coupon: Coupon
) -> None:
    key = str(uuid4())
    good = {"code": coupon.code, "amount_yen": 1_000}
    assert ask(school, good, **{"Idempotency-Key": key}).status_code == 201
    cases: list[tuple[dict[str, Any], dict[str, str], int, str]] = [
        ({**good, "amount_yen": 29_001}, {}, 409, "balance_too_low"),
        ({**good, "amount_yen": 999}, {"Idempotency-Key": key}, 409, "request_key_used"),
        ({**good, "code": foreign_coupon.code}, {}, 404, "coupon_unknown"),
        ({**good, "code": "x"}, {}, 404, "coupon_unknown"),
        ({**good, "amount_yen": 0}, {}, 400, "invalid"),
        ({**good, "amount_yen": "many"}, {}, 400, "invalid"),
        ({**good, "category": "games"}, {}, 400, "invalid"),
        ({}, {}, 400, "invalid"),
        (good, {"Idempotency-Key": "1"}, 400, "invalid"),
        (good, {"Idempotency-Key": ""}, 400, "invalid"),
        (good, {"Authorization": ""}, 401, "not_authenticated"),
        (good, {"Authorization": f"Bearer {school.system_token}"}, 401, "not_authenticated"),
        (good, {"Authorization": "Device nonsense"}, 401, "not_authenticated"),
        (good, {"Authorization": f"Device {school.tablet_token}"}, 401, "not_authenticated"),
    ]
    for body, headers, status, code in cases:
        answer = ask(school, body, **headers)
        assert (answer.status_code, answer.json()["error"]) == (status, code), body
        assert answer["Content-Type"] == "application/problem+json"
    assert Redemption.objects.count() == 1


def test_ended_coupons_and_suspended_schools_have_their_codes(school: School, coupon: Coupon) -> None:
    body = {"code": coupon.code, "amount_yen": 1_000}
    Coupon.objects.filter(pk=coupon.pk).update(state="expired")
    assert ask(school, body).json()["error"] == "coupon_closed"

    suspend(provider=school.provider, reason="確認", actor=school.office)
    assert (ask(school, body).status_code, ask(school, body).json()["error"]) == (
        409,
        "provider_not_approved",
    )


def test_a_broken_body_is_invalid(school: School) -> None:
    answer = Client().post(
        ADDRESS,
        "{",
        content_type="application/json",
        headers={"Authorization": f"Device {school.system_token}", "Idempotency-Key": str(uuid4())},
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid")


def test_a_check_takes_nothing_and_shows_no_balance(school: School, coupon: Coupon) -> None:
    def check(amount_yen: int) -> Any:
        return (
            Client()
            .post(
                "/shibuya/api/v1/checks",
                {"code": coupon.code, "amount_yen": amount_yen},
                content_type="application/json",
                headers={"Authorization": f"Device {school.system_token}"},
            )
            .json()
        )

    assert check(30_000) == {"nickname": "はる", "is_enough": True}
    assert check(30_001) == {"nickname": "はる", "is_enough": False, "most_yen": 30_000}
    assert not Redemption.objects.exists()


def test_a_till_system_enrols_by_itself(school: School, coupon: Coupon) -> None:
    added = add_device(classroom=school.classroom, label="POS", kind=Device.Kind.SYSTEM, actor=school.owner)
    enrol = {"content_type": "application/json", "data": {"code": added.code}}

    answer = Client().post("/shibuya/api/v1/devices", **enrol)

    assert answer.status_code == 201
    token = answer.json()["token"]
    assert (
        ask(school, {"code": coupon.code, "amount_yen": 1}, Authorization=f"Device {token}").status_code
        == 201
    )
    assert Client().post("/shibuya/api/v1/devices", **enrol).json()["error"] == "enrol_code_unknown"


@pytest.mark.django_db(transaction=True)
def test_a_redemption_is_at_most_five_statements(committed_school: School, committed_coupon: Coupon) -> None:
    school = committed_school
    ask(school, {"code": committed_coupon.code, "amount_yen": 1})  # the device is seen for today

    with CaptureQueriesContext(connection) as seen:
        answer = ask(school, {"code": committed_coupon.code, "amount_yen": 1})

    assert answer.status_code == 201
    said = [query["sql"].split(";")[0][:60] for query in seen.captured_queries]
    assert len(said) <= 5, said
    assert "BEGIN" in said and said[-1] == "COMMIT"
