"""Makes the roles and the database, and sets the passwords that stand in the secret files. Repeatable.

    python -m deploy.roles

The one service that holds the superuser's password (ADMIN_PASSWORD_FILE). It runs before migrations: at the first
start, and harmlessly at every later one. The passwords stand once, in the addresses that the other services read.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

from config.embedded import administrator, prepare_database, prepare_roles
from config.processes import CannotStart

# Whose password stands in which file.
ADDRESSES = {
    "sc_app": "DATABASE_URL_FILE",
    "sc_migrate": "MIGRATE_DATABASE_URL_FILE",
    "sc_backup": "BACKUP_DATABASE_URL_FILE",
}
# bin/demo leaves alone a database that carries another mark than its own.
MARK = "Study Coupon"
PATIENCE_SECONDS = 60.0


def main() -> int:
    """0, or 1 after saying what was wrong."""
    try:
        addresses = {role: read(role, name) for role, name in ADDRESSES.items()}
        places = {(where.hostname, where.port, where.path) for where in addresses.values()}
        if len(places) != 1:
            raise CannotStart("The addresses of the roles name different databases.")
        where = addresses["sc_app"]
        admin_url = f"postgres://postgres:{quote(content('ADMIN_PASSWORD_FILE'))}@{where.netloc.rpartition('@')[2]}/postgres"
        wait_for(admin_url)
        passwords = {role: unquote(address.password or "") for role, address in addresses.items()}
        prepare_roles(admin_url, passwords, for_tests=False)
        prepare_database(admin_url, where.path.strip("/"), mark=MARK)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    print("Roles and database are in order.")
    return 0


def content(name: str) -> str:
    """What stands in the file that the variable names."""
    path = os.environ.get(name, "")
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise CannotStart(f"{name} must name a file that can be read: {error}") from None


def read(role: str, name: str) -> SplitResult:
    """The address in that file. Raises CannotStart when it is another role's or has no password."""
    where = urlsplit(content(name))
    if where.username != role or not where.password or not where.path.strip("/"):
        raise CannotStart(
            f"{name} must hold an address like postgres://{role}:PASSWORD@postgres:5432/studycoupon"
        )
    return where


def wait_for(admin_url: str) -> None:
    """PostgreSQL's first start answers, goes away and comes again: one refusal is no failure yet."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with administrator(admin_url):
                return
        except CannotStart:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
