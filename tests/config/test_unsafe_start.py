"""The product on a server that may forget what it said was written: it does not start.

A cluster of its own, because the settings are the server's. The entry is the web's; worker, beat and
relay ask the same function.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from config import embedded
from config.processes import Supervisor

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")


@pytest.fixture(scope="module")
def admin_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the product's roles and tables, whose settings can be changed while it runs."""
    home = tmp_path_factory.mktemp("unsafe")
    slot = ROOT / "var" / f"unsafe-{os.getpid()}"  # where PostgreSQL's own user can reach it
    postgres = embedded.Postgres(slot, embedded.Kept(home / "kept.json"), for_tests=True)
    supervisor = Supervisor(home / "run", home, print)
    try:
        child = postgres.child()
        given = [f"{name}=on" for name in SETTINGS]  # the command line would win over ALTER SYSTEM
        pairs = zip(child.command[3::2], child.command[4::2], strict=True)
        child.command = child.command[:3] + [word for pair in pairs if pair[1] not in given for word in pair]
        supervisor.start(child, ready_within_seconds=60)
        embedded.prepare_roles(postgres.admin_url(), {"sc_app": "a", "sc_migrate": "m"}, for_tests=True)
        embedded.prepare_database(postgres.admin_url())
        migrated = run(postgres.admin_url(), "manage.py", "migrate", "--database=migrate", "--verbosity=0")
        assert migrated.returncode == 0, migrated.stderr
        yield postgres.admin_url()
    finally:
        supervisor.stop()
        shutil.rmtree(slot, ignore_errors=True)
        shutil.rmtree(postgres.data.parent, ignore_errors=True)


def run(admin_url: str, *words: str) -> subprocess.CompletedProcess[str]:
    urls = {
        "DATABASE_URL": embedded.role_url(admin_url, "sc_app", "a"),
        "MIGRATE_DATABASE_URL": embedded.role_url(admin_url, "sc_migrate", "m"),
    }
    command = [sys.executable, *words]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **urls}, capture_output=True, text=True, timeout=120
    )


def start_web(admin_url: str) -> subprocess.CompletedProcess[str]:
    return run(admin_url, "-c", "import config.wsgi")


def change(admin_url: str, setting: str, value: str) -> None:
    with embedded.administrator(admin_url) as connection, connection.cursor() as cursor:
        cursor.execute(f"ALTER SYSTEM SET {setting} = {value}")
        cursor.execute("SELECT pg_reload_conf()")
    for _ in range(100):
        asked = psycopg2.connect(admin_url)
        with asked.cursor() as cursor:
            cursor.execute(f"SHOW {setting}")
            found = cursor.fetchone()
        asked.close()
        if found == (value,):
            return
        time.sleep(0.05)
    raise AssertionError(f"{setting} did not become {value}")


def test_it_starts_where_all_is_written(admin_url: str) -> None:
    started = start_web(admin_url)
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize("setting", SETTINGS)
def test_it_does_not_start_where_writing_is_off(admin_url: str, setting: str) -> None:
    change(admin_url, setting, "off")
    try:
        started = start_web(admin_url)
    finally:
        change(admin_url, setting, "on")

    assert started.returncode != 0
    assert f"{setting} is off" in started.stderr
