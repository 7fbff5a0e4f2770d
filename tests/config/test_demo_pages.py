"""The demonstration's own pages, and that they do not exist elsewhere."""

import importlib
import os
import re
import subprocess
import sys
from io import StringIO

import pytest
from django.core import signing
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import clear_url_caches, set_urlconf

import config.urls
from programs.models import Role, User
from tests.conftest import member


@pytest.fixture
def demo(settings):
    """The addresses of the demonstration, for one test."""
    settings.DEMO = True
    importlib.reload(config.urls)
    clear_url_caches()
    yield
    settings.DEMO = False
    importlib.reload(config.urls)
    clear_url_caches()
    set_urlconf(None)


@pytest.fixture
def no_demo(settings):
    """The addresses of a real installation."""
    settings.DEMO = False
    importlib.reload(config.urls)
    clear_url_caches()
    yield


def link(member, path):
    from config.demo_pages import sign_in_path  # noqa: PLC0415 - needs the demonstration's addresses

    return sign_in_path(member.user, path)


def test_a_link_signs_in_with_staff_pages_open(demo, office):
    client = Client()
    assert client.get(link(office, "/shibuya/office/"))["Location"] == "/shibuya/office/"
    assert client.get("/shibuya/office/").status_code == 200


def test_a_second_link_changes_the_person(demo, office, city):
    client = Client()
    client.get(link(office, "/shibuya/office/"))
    client.get(link(city, "/shibuya/city/"))
    assert client.get("/shibuya/office/").status_code == 404
    assert client.get("/shibuya/city/").status_code == 200


def test_a_made_up_key_opens_nothing(demo, office):
    client = Client()
    forged = signing.dumps([office.user.pk, "/shibuya/office/"], salt="another")
    for key in (forged, "x", f"{office.user.pk}:/shibuya/office/"):
        assert client.get(f"/demo/sign-in/{key}/").status_code == 404
    assert "_auth_user_id" not in client.session


def test_the_session_of_a_link_counts_only_in_the_demonstration(demo, office, settings):
    client = Client()
    client.get(link(office, "/shibuya/office/"))
    settings.DEMO = False
    assert client.get("/shibuya/office/")["Location"] == "/second-factor/"


def test_elsewhere_the_addresses_do_not_exist(no_demo, office):
    key = signing.dumps([office.user.pk, "/shibuya/office/"], salt="demo sign-in")
    client = Client()
    for path in (f"/demo/sign-in/{key}/", "/demo/mail/", "/components/"):
        assert client.get(path).status_code == 404, path
    assert "_auth_user_id" not in client.session
    with pytest.raises(CommandError):
        call_command("demo_table")


def test_a_fresh_process_without_demo_has_no_such_address():
    ask = (
        "import django; django.setup(); from django.urls import resolve, Resolver404\n"
        "for path in ('/demo/sign-in/x/', '/demo/mail/'):\n"
        "    try: print(resolve(path).view_name)\n"
        "    except Resolver404: print('missing')\n"
    )
    environment = {**os.environ, "DEMO": "0", "TESTING": "1", "STRIPE_API_BASE": ""}
    done = subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["missing", "missing"]


def test_mails_are_shown_newest_first(demo, db, tmp_path, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    family = User.objects.create_user("family@home.example")
    Client(REMOTE_ADDR="10.77.1.1").post("/accounts/login/code/", {"email": family.email})

    page = Client().get("/demo/mail/").content.decode()

    assert "family@home.example" in page
    assert re.search(r"\d{4}-\d{4}", page)  # the code can be read


def test_the_table_names_each_kind_of_user_once_for_each_program(demo, program):
    for role in Role:
        member(program, role)
    said = StringIO()
    call_command("demo_table", stdout=said)
    lines = [line for line in said.getvalue().splitlines() if "/demo/sign-in/" in line]
    assert len(lines) == len(Role)

    member(program, Role.OFFICE, "second@shibuya.example")  # what needs two people can be tried out
    again = StringIO()
    call_command("demo_table", stdout=again)
    (second,) = (line for line in again.getvalue().splitlines() if "second@shibuya.example" in line)
    assert "/demo/sign-in/" in second
    assert "渋谷" in said.getvalue() and "福岡" in said.getvalue()
