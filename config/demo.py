"""bin/demo: the whole product on this machine, on real PostgreSQL and Redis, with made-up people.

    bin/demo              set up what is missing, start everything, print who can sign in where
    bin/demo --port N     the same at http://127.0.0.1:N/ (8000 if not given)
    bin/demo --reset      drop the demonstration's data first; asks nothing
    bin/demo --stop       end what another shell started; data are kept

DATABASE_URL (a superuser of your own PostgreSQL 18) and REDIS_URL put it on servers of your own. With
STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET of a Stripe test account it talks to Stripe, else to a stand-in.
Ctrl-C ends everything it started. Logs are in var/log/, mails in var/mail/.
"""

from __future__ import annotations

import argparse
import base64
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from config import embedded
from config.processes import CannotStart, Child, Supervisor, read_record, start_time, write_record

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
LOGS = VAR / "log"
RECORDS = VAR / "run"
OWN_RECORD = VAR / "demo.json"
LOCK = VAR / "demo.lock"
ENVIRONMENT = VAR / "demo-environment.json"  # manage.py reads it
LEFT_FOR_MANAGE = {
    "DEMO", "PUBLIC_URL", "ALLOWED_HOSTS", "SECRET_KEY", "SEALING_KEY", "EMAIL_FILE_PATH",
    "DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL", "STRIPE_API_BASE",
}  # fmt: skip
PYTHON = sys.executable
COMMANDS = str(Path(sys.executable).parent)


def main(arguments: list[str]) -> int:
    """Runs the demonstration until Ctrl-C; 0 when it ended in order."""
    parser = argparse.ArgumentParser(
        prog="bin/demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8000, metavar="N")
    parser.add_argument("--reset", action="store_true")
    parser.add_argument("--stop", action="store_true")
    options = parser.parse_args(arguments)
    LOGS.mkdir(parents=True, exist_ok=True)
    if options.stop:
        return stop()
    lock = LOCK.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("It is running already. bin/demo --stop ends it.")
        return 0 if not options.reset else 1
    return Demo(port=options.port, reset=options.reset).run()


def stop() -> int:
    """Ends a demonstration that another shell started, and what one that was killed left behind."""
    record = read_record(OWN_RECORD)
    if record is not None:
        os.kill(record["pid"], signal.SIGTERM)
        began = start_time(record["pid"])
        deadline = time.monotonic() + 90
        while began is not None and start_time(record["pid"]) == began:
            if time.monotonic() > deadline:
                say(f"It did not end within 90 s; its logs are in {LOGS}.")
                return 1
            time.sleep(0.05)
    leftovers = Supervisor(RECORDS, LOGS, say).stop_leftovers()
    OWN_RECORD.unlink(missing_ok=True)
    if record is None and not leftovers:
        say("Nothing is running.")
    else:
        say("Ended. Data are kept.")
    return 0


class Demo:
    """One run of the demonstration, from the servers up to the table of who signs in where."""

    def __init__(self, *, port: int, reset: bool) -> None:
        self.port = port
        self.reset = reset
        self.admin_url = ""
        self.url = f"http://127.0.0.1:{port}"
        self.kept = embedded.Kept(VAR / "demo-secrets.json")
        self.supervisor = Supervisor(RECORDS, LOGS, say)
        self.env = {
            **os.environ,
            "PATH": f"{COMMANDS}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEMO": "1",
            "PUBLIC_URL": self.url,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "SECRET_KEY": self.kept.password("secret_key"),
            "SEALING_KEY": self._sealing_key(),
            "EMAIL_FILE_PATH": str(VAR / "mail"),
        }
        self.env.pop("TESTING", None)

    def run(self) -> int:
        """Starts all, watches until told to end, ends all."""
        for kind in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(kind, lambda *_: signal.raise_signal(signal.SIGINT))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        write_record(OWN_RECORD, os.getpid(), signal.SIGTERM, 90)
        code = 0
        try:
            self._start()
            self.supervisor.watch()
        except KeyboardInterrupt:
            say("\nEnding; data are kept ...")
        except CannotStart as reason:
            say(f"\n{reason}")
            code = 1
        finally:
            for kind in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(kind, signal.SIG_IGN)
            self.supervisor.stop()
            OWN_RECORD.unlink(missing_ok=True)
        return code

    def _start(self) -> None:
        began = time.monotonic()
        for name in self.supervisor.stop_leftovers():
            say(f"  {name}: was left over from a run that was killed; ended")
        if not embedded.is_free(self.port):
            raise CannotStart(
                f"Port {self.port} is in use by another program. Try: bin/demo --port {self.port + 1}"
            )
        self._start_database()
        self._start_redis()
        self._start_stripe()
        self._leave_environment()
        prepared = self._fingerprint()
        is_prepared = self.kept.values.get("prepared") == prepared
        if not is_prepared:
            self._manage("Tables", "migrate", "--database=migrate", "--noinput")
            self._manage("Demonstration data", "seed_demo", show=True)
        children = self._product()
        for child in children:
            self.supervisor.start(child, ready_within_seconds=0)
        if is_prepared:
            # Says within a second or two that all is there; the product comes up meanwhile.
            self._manage("Demonstration data", "seed_demo")
        for child in children:
            self.supervisor.wait_for(child, ready_within_seconds=60)
            say(f"  {child.name}: running")
        self.kept.put("prepared", prepared)
        say(f"  ready after {time.monotonic() - began:.1f} s\n")
        subprocess.run(self._command("demo_table"), cwd=ROOT, env=self.env, check=False)
        say(f"\n{self.url}/ is served until Ctrl-C, or bin/demo --stop from another shell. Logs: var/log/")

    def _leave_environment(self) -> None:
        """For manage.py from another shell: where the demonstration's servers are. Its owner alone may read it."""
        ours = {name: value for name, value in self.env.items() if name in LEFT_FOR_MANAGE}
        with open(os.open(ENVIRONMENT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(ours, file, indent=1)

    def _start_database(self) -> None:
        """PostgreSQL of our own or the one given, with roles, database and both addresses."""
        given = os.environ.get("DATABASE_URL")
        if given:
            self.admin_url = admin_url = given
            if self.reset:
                embedded.drop_database(admin_url)
            embedded.check_is_ours(admin_url)
        else:
            postgres = embedded.Postgres(VAR, self.kept, for_tests=False)
            self.supervisor.start(postgres.child(), ready_within_seconds=60)
            self.admin_url = admin_url = postgres.admin_url()
            if self.reset:
                embedded.drop_database(admin_url)
        if self.reset:
            for folder in ("mail", "stripe_standin", "beat"):
                shutil.rmtree(VAR / folder, ignore_errors=True)
        server = embedded.server_name(admin_url) if given else "embedded"
        passwords = {role: self.kept.password(f"{server} {role}") for role in embedded.LOGINS}
        embedded.prepare_roles(admin_url, passwords, for_tests=False)
        embedded.prepare_database(admin_url)
        self.env["DATABASE_URL"] = embedded.role_url(admin_url, "sc_app", passwords["sc_app"])
        self.env["MIGRATE_DATABASE_URL"] = embedded.role_url(admin_url, "sc_migrate", passwords["sc_migrate"])
        say(f"  PostgreSQL: {'your server' if given else 'running'}")

    def _fingerprint(self) -> str:
        """What tables and data were made from, and in which database: equal means neither has to be made again."""
        with embedded.administrator(self.admin_url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT oid FROM pg_database WHERE datname = %s", [embedded.DATABASE])
            row = cursor.fetchone()
        sources = [
            ROOT / "requirements" / "base.txt",
            *sorted((ROOT / "config" / "management").rglob("*.py")),
        ]
        for pattern in ("*/migrations/*.py", "*/*.sql", "config/demo_data/*.py"):
            sources += sorted(
                path for path in ROOT.glob(pattern) if path.parts[len(ROOT.parts)] != "node_modules"
            )
        total = hashlib.sha256()
        for path in sources:
            total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
        return f"{embedded.server_name(self.admin_url)}/{row} {total.hexdigest()}"

    def _start_redis(self) -> None:
        if "REDIS_URL" in os.environ:
            say("  Redis: your server")
            return
        redis = embedded.Redis(VAR, self.kept)
        self.supervisor.start(redis.child())
        self.env["REDIS_URL"] = redis.url()
        say("  Redis: running")

    def _start_stripe(self) -> None:
        """The stand-in, unless a key of a real test account was given."""
        if os.environ.get("STRIPE_SECRET_KEY"):
            self.env.pop("STRIPE_API_BASE", None)
            say("  Stripe: your test account")
            return
        port = self.kept.port("stripe_port")
        self.env["STRIPE_API_BASE"] = f"http://127.0.0.1:{port}"
        self.env["STRIPE_SECRET_KEY"] = "sk_test_standin"
        self.env["STRIPE_WEBHOOK_SECRET"] = "whsec_" + self.kept.password("stripe_webhook_secret")
        data = VAR / "stripe_standin"
        self.supervisor.start(
            Child(
                name="stripe",
                command=[PYTHON, "-m", "stripe_standin", "--port", str(port), "--data", str(data)],
                env=self.env,
                folder=ROOT,
                is_ready=lambda: answers(f"http://127.0.0.1:{port}/"),
            )
        )
        say("  Stripe: stand-in running")

    def _product(self) -> list[Child]:
        """The four processes of the product; web last, because it is the one that says when all is ready."""
        beat = VAR / "beat"
        beat.mkdir(parents=True, exist_ok=True)
        cores = str(os.cpu_count() or 1)
        celery = [PYTHON, "-m", "celery", "-A", "config"]
        web = [
            PYTHON,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        web += ["--workers", cores, "--blocking-threads", "4", "--runtime-mode", "st"]
        web += ["--respawn-failed-workers", "--no-ws"]
        worker = [*celery, "worker", "--concurrency", cores, "--loglevel", "info"]
        commands = {
            "worker": [*worker, "--without-gossip", "--without-mingle"],
            "beat": [
                *celery,
                "beat",
                "--schedule",
                str(beat / "schedule"),
                "--pidfile=",
                "--loglevel",
                "info",
            ],
            "relay": [PYTHON, "manage.py", "relay"],
            "web": [*web, "config.wsgi:application"],
        }
        children = [Child(name, command, env=self.env, folder=ROOT) for name, command in commands.items()]
        children[-1].is_ready = lambda: answers(f"{self.url}/healthz/ready", only_200=True)
        return children

    def _manage(self, title: str, *words: str, show: bool = False) -> None:
        """Runs a command of manage.py; its words into var/log/, or before everyone's eyes."""
        began = time.monotonic()
        log = LOGS / f"{words[0]}.log"
        say(f"  {title} ...")
        with log.open("w") as file:
            done = subprocess.run(
                self._command(*words),
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=None if show else file,
                stderr=None if show else subprocess.STDOUT,
            )
        if done.returncode != 0:
            end = "" if show else "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise CannotStart(f"manage.py {words[0]} failed.\n{end}")
        say(f"  {title}: done ({time.monotonic() - began:.1f} s)")

    def _command(self, *words: str) -> list[str]:
        return [PYTHON, "manage.py", *words]

    def _sealing_key(self) -> str:
        if "sealing_key" not in self.kept.values:
            self.kept.put("sealing_key", base64.b64encode(secrets.token_bytes(32)).decode())
        return str(self.kept.values["sealing_key"])


def answers(url: str, *, only_200: bool = False) -> bool:
    """Whether a server answers there; with only_200 any other answer counts as no."""
    # Without the machine's proxy settings: this is our own machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return not only_200
    except OSError:
        return False


def say(text: str) -> None:
    """Says it now, also into a pipe."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
