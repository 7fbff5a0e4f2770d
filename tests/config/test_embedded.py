"""The servers of bin/demo and bin/test: no door without a password, and roles with exactly their rights."""

import os
import stat
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from config import embedded

# rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
ATTRIBUTES = "rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
OUTSIDE_TESTS = {
    "sc_app": (True, False, False, False, False, False),
    "sc_backup": (True, False, False, False, False, True),
    "sc_definer": (False, False, False, False, False, False),
    "sc_migrate": (True, False, False, False, False, False),
    "sc_owner": (False, False, False, False, False, True),
    "sc_relay": (False, False, False, False, False, False),
    "sc_report": (False, False, False, False, False, False),
}
IN_TESTS = {**OUTSIDE_TESTS, "sc_owner": (False, False, True, False, False, True)}
SCRATCH = "scratch_of_test_embedded"


def admin_url() -> str:
    return os.environ["ADMIN_DATABASE_URL"]


def ask(url: str, question: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url, connect_timeout=5)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def roles() -> dict[str, tuple[Any, ...]]:
    rows = ask(admin_url(), f"SELECT rolname, {ATTRIBUTES} FROM pg_roles WHERE rolname LIKE 'sc\\_%'")
    return {row[0]: row[1:] for row in rows}


@pytest.fixture
def scratch() -> Iterator[str]:
    """A database of the platform's kind, as superuser; it is gone afterwards."""
    embedded.prepare_database(admin_url(), SCRATCH)
    try:
        yield embedded.with_database(admin_url(), SCRATCH)
    finally:
        with embedded.administrator(admin_url()) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {SCRATCH} WITH (FORCE)")


def as_role(url: str, role: str, statement: str) -> list[tuple[Any, ...]]:
    return ask(url, f"SET ROLE {role}; {statement}")


def test_roles_have_exactly_these_attributes() -> None:
    assert roles() == IN_TESTS


def test_roles_outside_test_clusters_cannot_make_databases_and_wrong_ones_are_mended() -> None:
    with embedded.administrator(admin_url()) as connection, connection.cursor() as cursor:
        cursor.execute("ALTER ROLE sc_app BYPASSRLS CREATEDB")
    try:
        embedded.prepare_roles(admin_url(), {}, for_tests=False)

        assert roles() == OUTSIDE_TESTS
    finally:
        embedded.prepare_roles(admin_url(), {}, for_tests=True)
    assert roles() == IN_TESTS


def test_memberships_are_exactly_these() -> None:
    rows = ask(
        admin_url(),
        "SELECT roleid::regrole::text, member::regrole::text, inherit_option, set_option, admin_option"
        " FROM pg_auth_members WHERE member::regrole::text LIKE 'sc\\_%' ORDER BY 1, 2",
    )

    assert rows == [
        ("pg_read_all_data", "sc_backup", True, True, False),
        ("sc_definer", "sc_owner", False, True, False),
        ("sc_owner", "sc_migrate", False, True, False),
        ("sc_relay", "sc_owner", False, True, False),
    ]


@pytest.mark.parametrize("role", ["postgres", "sc_app", "sc_migrate", "sc_backup"])
@pytest.mark.parametrize("password", [None, "", "postgres", "sc_app"])
def test_nobody_enters_postgresql_without_the_password(role: str, password: str | None) -> None:
    where = urlsplit(admin_url())

    with pytest.raises(psycopg2.OperationalError, match="password|authentication"):
        psycopg2.connect(
            host=where.hostname,
            port=where.port,
            user=role,
            password=password,
            dbname="postgres",
            passfile="/dev/null",
        )


def test_every_line_of_access_asks_for_scram_and_there_is_no_socket_file() -> None:
    rules = ask(admin_url(), "SELECT type, address, auth_method FROM pg_hba_file_rules")
    settings = dict(ask(admin_url(), "SELECT name, setting FROM pg_settings"))

    assert rules == [("host", "127.0.0.1", "scram-sha-256")]
    assert settings["unix_socket_directories"] == ""
    assert settings["listen_addresses"] == "127.0.0.1"
    assert settings["fsync"] == settings["full_page_writes"] == settings["synchronous_commit"] == "on"


def test_roles_without_login_cannot_enter_even_with_a_password() -> None:
    with embedded.administrator(admin_url()) as connection, connection.cursor() as cursor:
        cursor.execute("ALTER ROLE sc_owner PASSWORD 'known'")
    try:
        with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
            psycopg2.connect(embedded.role_url(admin_url(), "sc_owner", "known"))
    finally:
        with embedded.administrator(admin_url()) as connection, connection.cursor() as cursor:
            cursor.execute("ALTER ROLE sc_owner PASSWORD NULL")


def test_redis_asks_for_its_password() -> None:
    where = urlsplit(os.environ["REDIS_URL"])

    stranger = redis.Redis(host=where.hostname or "", port=where.port or 0)
    with pytest.raises(redis.AuthenticationError):
        stranger.ping()
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as ours:
        assert ours.ping()


def test_kept_passwords_are_readable_by_their_owner_alone(tmp_path: Any) -> None:
    kept = embedded.Kept(tmp_path / "secrets.json")

    made = kept.password("somebody")

    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert embedded.Kept(tmp_path / "secrets.json").password("somebody") == made
    assert len(made) == 48


def test_tables_of_the_owner_are_open_to_the_application_for_rows_only(scratch: str) -> None:
    # All in one session: SET ROLE as a migration does, then look at what the application may do.
    rows = as_role(
        scratch,
        "sc_owner",
        "CREATE TABLE thing (id bigint GENERATED BY DEFAULT AS IDENTITY);"
        "CREATE SEQUENCE counting;"
        "CREATE FUNCTION act() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "SELECT ARRAY(SELECT p FROM unnest(ARRAY["
        " 'SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER','MAINTAIN']) p"
        "  WHERE has_table_privilege('sc_app', 'thing', p)),"
        " ARRAY(SELECT p FROM unnest(ARRAY['USAGE','SELECT','UPDATE']) p"
        "  WHERE has_sequence_privilege('sc_app', 'counting', p)),"
        " has_function_privilege('sc_app', 'act()', 'EXECUTE'),"
        " has_schema_privilege('sc_app', 'public', 'CREATE'),"
        " has_schema_privilege('sc_app', 'public', 'USAGE')",
    )

    assert rows == [(["SELECT", "INSERT", "UPDATE", "DELETE"], ["USAGE"], False, False, True)]


@pytest.mark.parametrize("new_owner", ["sc_definer", "sc_relay"])
def test_owner_can_hand_a_function_over_and_nobody_may_call_it(scratch: str, new_owner: str) -> None:
    rows = as_role(
        scratch,
        "sc_owner",
        "CREATE FUNCTION act() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"
        f"ALTER FUNCTION act() OWNER TO {new_owner};"
        "SELECT proowner::regrole::text, has_function_privilege('sc_app', 'act()', 'EXECUTE')"
        " FROM pg_proc WHERE proname = 'act'",
    )

    assert rows == [(new_owner, False)]


def test_application_role_may_make_nothing(scratch: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        as_role(scratch, "sc_app", "CREATE TABLE mine (id int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        as_role(scratch, "sc_app", "CREATE TEMPORARY TABLE mine (id int)")


def test_backup_role_reads_all_and_writes_nothing(scratch: str) -> None:
    as_role(scratch, "sc_owner", "CREATE TABLE thing (id int); COMMIT")

    assert as_role(scratch, "sc_backup", "SELECT count(*) FROM thing") == [(0,)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        as_role(scratch, "sc_backup", "INSERT INTO thing VALUES (1)")


@pytest.mark.parametrize("thing", [f"DATABASE {embedded.DATABASE}", "ROLE sc_app"])
def test_a_server_that_is_not_a_demonstrations_is_never_touched(thing: str) -> None:
    """What bin/demo and bin/test make is marked; without the mark it must be refused."""
    with embedded.administrator(admin_url()) as connection, connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON {thing} IS 'the real one'")
        try:
            with pytest.raises(embedded.CannotStart, match="did not make"):
                embedded.drop_database(admin_url())
            cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [embedded.DATABASE])
            assert cursor.fetchone() == (1,)
        finally:
            cursor.execute(f"COMMENT ON {thing} IS '{embedded.DEMO_MARK}'")


def test_after_a_reset_the_marked_roles_are_taken_up_again() -> None:
    embedded.drop_database(admin_url())

    embedded.check_is_ours(admin_url())
    embedded.prepare_database(admin_url())


def test_an_administrators_address_is_needed_and_the_message_says_so() -> None:
    backup = embedded.role_url(admin_url(), "sc_app", urlsplit(os.environ["DATABASE_URL"]).password or "")

    with pytest.raises(embedded.CannotStart, match="no superuser"):
        embedded.prepare_roles(backup, {}, for_tests=False)
