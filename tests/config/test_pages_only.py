"""Machines go round the pages' middleware, and only machines do."""

import json
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory

from config.pages_only import is_for_machines
from programs.models import Program


@pytest.mark.parametrize(
    ("path", "machine"),
    [
        ("/shibuya/api/v1/redemptions", True),
        ("/shibuya/api/v2/x", True),
        ("/shibuya/pictures/0f.webp", True),
        ("/shibuya/pictures/0f.webp/edit/", False),
        ("/shibuya/office/campaigns/1/pictures/", False),
        ("/shibuya/webhooks/stripe/0/", True),
        ("/webhooks/", False),
        ("/shibuya/office/webhooks/", False),
        ("/shibuya/", False),
        ("/api/v1/redemptions", False),
        ("/shibuya/office/api/v1/x", False),
        ("/shibuya/campaigns/1/give/?next=/x/api/v1/", False),
    ],
)
def test_only_what_lies_below_api_webhooks_and_pictures_are_for_machines(path: str, machine: bool) -> None:
    assert is_for_machines(RequestFactory().get(path)) is machine


def test_pages_keep_their_policy_and_csrf(program: Program) -> None:
    client = Client(enforce_csrf_checks=True)

    assert "Content-Security-Policy" in client.get(f"/{program.slug}/").headers
    assert client.post("/language/", {"language": "en"}).status_code == 403


def test_a_session_opens_nothing_in_the_api(program: Program, office: object) -> None:
    client = Client()
    client.force_login(office.user)  # type: ignore[attr-defined]

    answer = client.post(
        f"/{program.slug}/api/v1/redemptions",
        {"code": "x", "amount_yen": 1},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
    )

    assert answer.status_code == 401
    assert answer.json()["error"] == "not_authenticated"
    assert not answer.cookies


@pytest.mark.parametrize("path", ["/shibuya/api/v1/nothing", "/atlantis/api/v1/redemptions"])
def test_a_missing_address_is_said_in_json(program: Program, path: str) -> None:
    answer = Client().get(path)

    assert answer.status_code == 404
    assert json.loads(answer.content)["error"] == "not_found"


def test_an_unknown_host_is_refused_in_json_too(program: Program) -> None:
    answer = Client().get("/shibuya/api/v1/redemptions", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert json.loads(answer.content)["error"] == "invalid"
