"""A wrong value stops the start in words, an unsafe role too; a part that is away is said in words, never by a 500."""

import base64
import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connections

from programs.models import Program
from programs.scoping import acting_in
from tests.config.gate import Gate
from tests.partners.cast import School, a_coupon, open_school
from tests.partners.tills import Till, granian

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = base64.b64encode(b"k" * 32).decode()
WHOLE = {
    "PATH": os.environ["PATH"],
    "SECRET_KEY": "s" * 50,
    "SEALING_KEY": KEY,
    "DATABASE_URL": "postgres://sc_app:p@db/studycoupon",
    "REDIS_URL": "redis://redis/0",
}
PUBLIC = {"PUBLIC_URL": "https://coupon.example.org", "ALLOWED_HOSTS": "coupon.example.org"}
WRONG: dict[str, tuple[dict[str, str | None], str]] = {
    "a demonstration for the public": ({**PUBLIC, "DEMO": "1"}, "DEMO has links that sign in as anyone"),
    "a demonstration for any host": (
        {"DEMO": "1", "ALLOWED_HOSTS": "*"},
        "DEMO has links that sign in as anyone",
    ),
    "a demonstration with a live key": (
        {"DEMO": "1", "STRIPE_SECRET_KEY": "sk_live_x"},
        "DEMO and a live Stripe key never go together",
    ),
    "a stand-in with a live key": (
        {"STRIPE_API_BASE": "http://127.0.0.1:9", "STRIPE_SECRET_KEY": "rk_live_x"},
        "A live Stripe key never goes with a stand-in",
    ),
    "a stand-in elsewhere": (
        {"STRIPE_API_BASE": "https://stripe.example"},
        "STRIPE_API_BASE is for the stand-in",
    ),
    "a public address without TLS": (
        {"PUBLIC_URL": "http://coupon.example.org"},
        "PUBLIC_URL begins with https://",
    ),
    "a short sealing key": (
        {"SEALING_KEY": base64.b64encode(b"k" * 31).decode()},
        "SEALING_KEY is 32 random bytes",
    ),
    "a sealing key in another writing": ({"SEALING_KEY": "ü" * 44}, "SEALING_KEY is 32 random bytes"),
    "no sealing key": ({"SEALING_KEY": None}, "SEALING_KEY"),
    "another database": ({"DATABASE_URL": "mysql://a@b/c"}, "DATABASE_URL looks like postgres://"),
    "a database without a name": ({"DATABASE_URL": "postgres://a@b/"}, "DATABASE_URL looks like postgres://"),
    "a port that is no number": (
        {"DATABASE_URL": "postgres://a@b:port/c"},
        "DATABASE_URL looks like postgres://",
    ),
    "no secret key": ({"SECRET_KEY": None}, "SECRET_KEY"),
    "an empty secret key": ({"SECRET_KEY": ""}, "SECRET_KEY"),
    "no Redis": ({"REDIS_URL": None}, "REDIS_URL"),
    "a secret file that is not there": (
        {"REDIS_URL_FILE": "/nowhere/redis_url"},
        "REDIS_URL_FILE must name a file",
    ),
    "a mail provider that nobody tried": ({"MAIL_PROVIDER": "pigeon"}, "MAIL_PROVIDER is one of brevo"),
    "a mail provider's door without a key": (
        {"MAIL_PROVIDER": "postmark"},
        "ANYMAIL_WEBHOOK_SECRET is name:password",
    ),
    "a mail provider's door with a short key": (
        {"MAIL_PROVIDER": "postmark", "ANYMAIL_WEBHOOK_SECRET": "mails:short"},
        "the password of 16 characters or more",
    ),
    "a word where a yes or no belongs": ({"EMAIL_USE_TLS": "perhaps"}, "EMAIL_USE_TLS"),
}


def python(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """That code in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def start(changed: dict[str, str | None]) -> subprocess.CompletedProcess[str]:
    """The settings, read with these values."""
    environment = {name: value for name, value in {**WHOLE, **changed}.items() if value is not None}
    code = "from django.conf import settings; settings.configured or settings.SECRET_KEY; print('started')"
    return python(code, {**environment, "DJANGO_SETTINGS_MODULE": "config.settings"})


def test_whole_settings_start():
    assert start({}).stdout == "started\n"
    assert start({**PUBLIC}).stdout == "started\n"
    assert start({"DEMO": "1", "STRIPE_SECRET_KEY": "sk_test_x"}).stdout == "started\n"


def test_a_mail_provider_is_chosen_by_name_and_its_secrets_come_from_files(tmp_path: Path):
    token = tmp_path / "token"
    token.write_text("pm-token\n")
    code = (
        "from django.conf import settings; print(settings.EMAIL_BACKEND,"
        " settings.ANYMAIL['POSTMARK_SERVER_TOKEN'], settings.ANYMAIL['WEBHOOK_SECRET'])"
    )
    chosen = {
        "MAIL_PROVIDER": "postmark",
        "ANYMAIL_POSTMARK_SERVER_TOKEN_FILE": str(token),
        "ANYMAIL_WEBHOOK_SECRET": "mails:a-password-of-many-letters",
    }

    read = python(code, {**WHOLE, **chosen, "DJANGO_SETTINGS_MODULE": "config.settings"})

    backend = "anymail.backends.postmark.EmailBackend"
    assert read.stdout == f"{backend} pm-token mails:a-password-of-many-letters\n", read.stderr


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_stops_the_start_and_says_why(name: str):
    changed, words = WRONG[name]

    ended = start(changed)

    assert ended.returncode != 0
    assert words in ended.stderr.strip().splitlines()[-1], ended.stderr


def test_a_secret_comes_from_its_file_and_an_address_is_taken_whole(tmp_path: Path):
    file = tmp_path / "database_url"
    file.write_text("postgres://sc_app:a%2Fb%25c@db:5433/coupon?sslmode=verify-full\n")
    code = "from config.settings import DATABASES; d = DATABASES['default']; print(d['PASSWORD'], d['PORT'], d['OPTIONS']['sslmode'])"

    ended = python(code, {**WHOLE, "DATABASE_URL_FILE": str(file)})

    assert ended.stdout == "a/b%c 5433 verify-full\n", ended.stderr


# --- Unsafe roles -----------------------------------------------------------------------------
def on_tests_database(url: str) -> str:
    """The address of the tests' database on that server."""
    return urlsplit(url)._replace(path=f"/{connections['default'].settings_dict['NAME']}").geturl()


ENTRIES = {
    "web": "import config.wsgi",
    "worker and beat": "import config.celery as c, django; django.setup(); c.refuse_unsafe()",
    "relay": "from django.core.management import execute_from_command_line as run; run(['manage.py', 'relay'])",
}


@pytest.mark.django_db
@pytest.mark.parametrize("entry", ENTRIES)
def test_no_process_starts_as_a_member_of_the_owner(entry: str):
    environment = {**os.environ, "DATABASE_URL": on_tests_database(os.environ["MIGRATE_DATABASE_URL"])}

    ended = python(ENTRIES[entry], {**environment, "DJANGO_SETTINGS_MODULE": "config.settings"})

    assert ended.returncode != 0
    assert "the application's role is a member of sc_owner" in ended.stderr


@pytest.mark.django_db
@pytest.mark.skipif(
    "ADMIN_DATABASE_URL" not in os.environ, reason="bin/test gives the administrator's address"
)
@pytest.mark.parametrize("entry", ENTRIES)
def test_no_process_starts_as_superuser(entry: str):
    environment = {**os.environ, "DATABASE_URL": on_tests_database(os.environ["ADMIN_DATABASE_URL"])}

    ended = python(ENTRIES[entry], {**environment, "DJANGO_SETTINGS_MODULE": "config.settings"})

    assert ended.returncode != 0
    assert "the application's role is superuser" in ended.stderr


@pytest.mark.django_db
def test_the_web_starts_as_the_application():
    environment = {**os.environ, "DATABASE_URL": on_tests_database(os.environ["DATABASE_URL"])}

    ended = python("import config.wsgi; print('started')", environment)

    assert ended.stdout == "started\n", ended.stderr


# --- A part is away -----------------------------------------------------------------------------
@dataclass
class Answer:
    """What a visitor sees."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Web:
    """The running product between two doors."""

    port: int
    database: Gate
    redis: Gate

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        """One request of a visitor who reads English."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {
            "Cookie": f"csrf={'a' * 32}; language=en",
            **{name.replace("_", "-"): v for name, v in headers.items()},
        }
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": "a" * 32})
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        line.request("GET" if body is None else "POST", path, body, sent)
        answer = line.getresponse()
        read = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode())
        line.close()
        return read


@pytest.fixture
def web(
    two_programs: tuple[Program, Program], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Web]:
    """The product, reaching PostgreSQL and Redis through doors that can be shut."""
    gates = {}
    for name, usual in (("DATABASE_URL", 5432), ("REDIS_URL", 6379)):
        where = urlsplit(os.environ[name])
        gate = gates[name] = Gate(str(where.hostname), where.port or usual)
        place = where.netloc.rpartition("@")
        monkeypatch.setenv(name, where._replace(netloc=f"{place[0]}{place[1]}127.0.0.1:{gate.port}").geturl())
    with granian(tmp_path / "log") as port:
        yield Web(port, gates["DATABASE_URL"], gates["REDIS_URL"])
    for gate in gates.values():
        gate.shut()


@pytest.fixture
def school(two_programs: tuple[Program, Program]) -> School:
    """A school with a till system."""
    with acting_in(two_programs[0].pk):
        return open_school(two_programs[0])


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
def test_an_unknown_host_is_answered_in_words(web: Web):
    answer = web.ask("/", Host="evil.example")

    assert answer.status == 400
    assert "This address cannot be answered" in visible(answer)
    assert "evil.example" not in answer.text


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_pages_and_the_api_say_when_to_come_again(web: Web):
    assert web.ask("/").status == web.ask("/healthz/ready").status == 200

    web.database.shut()

    for path in ("/", "/shibuya/", "/shibuya/counter/"):
        page = web.ask(path)
        assert (page.status, page.headers.get("retry-after")) == (503, "30"), path
        assert "Please wait about 30 seconds" in visible(page), path
    code = web.ask("/accounts/login/code/", {"email": "office@shibuya.example"})
    assert (code.status, code.headers.get("retry-after")) == (503, "30")
    api = web.ask("/shibuya/api/v1/redemptions", {}, Authorization="Device x")
    assert (api.status, api.headers.get("retry-after")) == (503, "30")
    assert json.loads(api.text)["error"] == "try_again"
    assert web.ask("/healthz/live").status == 200
    ready = web.ask("/healthz/ready")
    assert (ready.status, json.loads(ready.text)) == (503, {"database": False, "redis": True})


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
def test_while_redis_is_away_families_are_served_and_only_sign_in_waits(web: Web, school: School):
    with acting_in(school.program.pk):
        coupon = a_coupon(school.program, yen=10_000)
    till = Till(
        port=web.port,
        program=school.program,
        classroom_id=school.classroom.pk,
        device_token=school.system_token,
    )

    web.redis.shut()

    assert web.ask("/").status == web.ask("/shibuya/").status == web.ask("/accounts/login/").status == 200
    assert till.take(coupon.code, 1_000).status == 201
    sign_in = web.ask("/accounts/login/code/", {"email": school.clerk.user.email})
    assert (sign_in.status, sign_in.headers.get("retry-after")) == (503, "30")
    assert "Please wait about 30 seconds" in visible(sign_in)
    ready = web.ask("/healthz/ready")
    assert (ready.status, json.loads(ready.text)) == (503, {"database": True, "redis": False})


def visible(answer: Answer) -> str:
    """The words without marks: phrases are kept together by marks of their own."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text))
