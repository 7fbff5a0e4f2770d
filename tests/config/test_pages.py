"""Pages that belong to no floor."""

import pytest
from django.db import OperationalError
from django.test import Client

from config import pages
from programs.models import Role
from programs.scoping import acting_in
from tests.conftest import member


def test_the_first_page_lists_the_programs(two_programs):
    page = Client().get("/").content.decode()
    assert 'href="/shibuya/"' in page and 'href="/fukuoka/"' in page


def test_the_first_page_without_programs_says_so(db):
    assert "プログラムはまだありません" in Client().get("/").content.decode()


def test_start_goes_straight_to_the_only_place(program):
    client = Client()
    client.force_login(member(program, Role.DONOR).user)
    assert client.get("/start/")["Location"] == "/shibuya/my/"


def test_start_lists_the_places_of_all_programs_and_no_ended_ones(two_programs):
    first = member(two_programs[0], Role.GUARDIAN, "both@home.example")
    member(two_programs[1], Role.DONOR, "both@home.example")
    ended = member(two_programs[1], Role.CITY, "both@home.example")
    with acting_in(two_programs[1].pk):
        type(ended).objects.filter(pk=ended.pk).update(is_active=False)
    client = Client()
    client.force_login(first.user)

    page = client.get("/start/").content.decode()

    assert 'href="/shibuya/family/"' in page and 'href="/fukuoka/my/"' in page
    assert "/fukuoka/city/" not in page


def test_start_of_someone_without_a_place_says_what_to_do(program):
    other = member(program, Role.DONOR)
    type(other).objects.filter(pk=other.pk).update(is_active=False)
    client = Client()
    client.force_login(other.user)
    page = client.get("/start/")
    assert page.status_code == 200
    assert other.user.email in page.content.decode()


def test_nobody_starts_at_the_sign_in_page(db):
    assert Client().get("/start/")["Location"] == "/accounts/login/?next=/start/"


def test_health_tells_what_is_away(db, settings):
    assert Client().get("/healthz/live").json() == {"alive": True}
    assert Client().get("/healthz/ready").json() == {"database": True, "redis": True}
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    answer = Client().get("/healthz/ready")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "redis": False})


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("away"), 503), (pages.MailAway(), 503), (ValueError("ours"), 500)]
)
def test_away_is_503_with_a_time_and_our_mistake_is_500(program, error, status, monkeypatch):
    def breaks(*args, **more):
        raise error

    monkeypatch.setattr("config.pages.Program.objects.order_by", breaks)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == ("30" if status == 503 else None)
