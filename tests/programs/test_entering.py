"""Doors: what a page for one person may leave behind."""

import pytest
from django.test import Client

from programs.models import Program, Role
from tests.conftest import member

HOMES = [
    (Role.OFFICE, "/shibuya/office/"),
    (Role.OFFICE, "/shibuya/office/people/"),
    (Role.OFFICE, "/shibuya/office/schools/"),
    (Role.CITY, "/shibuya/city/"),
    (Role.DONOR, "/shibuya/my/"),
    (Role.PROVIDER_ADMIN, "/shibuya/school/"),
    (Role.GUARDIAN, "/shibuya/family/"),
    (Role.GUARDIAN, "/second-factor/"),
]


@pytest.mark.parametrize(("role", "address"), HOMES)
def test_no_cache_keeps_a_page_for_one_person(program: Program, role: Role, address: str) -> None:
    client = Client()
    client.force_login(member(program, role).user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa"}]
    session.save()

    page = client.get(address)

    assert page.status_code in (200, 302)
    assert "no-store" in page["Cache-Control"] and "private" in page["Cache-Control"]


def test_a_role_that_ended_shuts_the_door_on_an_open_session(program: Program) -> None:
    ended, client = member(program, Role.DONOR), Client()
    client.force_login(ended.user)
    assert client.get("/shibuya/my/").status_code == 200

    ended.is_active = False
    ended.save()

    assert client.get("/shibuya/my/").status_code == 404


def test_an_account_that_was_closed_is_nobody_in_an_open_session(program: Program) -> None:
    closed, client = member(program, Role.DONOR), Client()
    client.force_login(closed.user)

    closed.user.is_active = False
    closed.user.save()

    assert client.get("/shibuya/my/")["Location"].startswith("/accounts/login/")
