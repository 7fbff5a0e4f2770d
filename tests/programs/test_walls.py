"""The walls as the catalogue shows them, and each of them taken down in turn.

The owner breaks one wall at a time inside a transaction that is rolled back; `complaints()` must say
so, and where the wall is a policy, exactly one foreign row must come through. Rows are made for
every scoped table from its columns, so a new table is covered by itself.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections, transaction

from programs.walls import complaints, scoped_tables

pytestmark = pytest.mark.django_db(databases=["default", "migrate"])

OURS, THEIRS = 1, 2
SAMPLES = {
    "bigint": "7",
    "integer": "7",
    "smallint": "7",
    "boolean": "true",
    "date": "'2027-03-31'",
    "timestamp with time zone": "'2027-03-31T03:00Z'",
    "jsonb": "'{}'",
    "bytea": "'\\x00'",
    "uuid": "gen_random_uuid()",
}


@pytest.fixture
def owner() -> Iterator[Any]:
    """A cursor of the owner, in a transaction that is rolled back."""
    with transaction.atomic(using="migrate"):
        with connections["migrate"].cursor() as cursor:
            yield cursor
        transaction.set_rollback(True, using="migrate")


def make_rows(owner: Any, table: str) -> None:
    """One row of each of two programs, keys and checks set aside."""
    owner.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table]
    )
    for (name,) in owner.fetchall():
        owner.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    owner.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        " AND table_schema = 'public' AND is_nullable = 'NO' AND column_name NOT IN ('id', 'program_id')",
        [table],
    )
    columns = owner.fetchall()
    names = "".join(f', "{name}"' for name, _ in columns)
    values = "".join(f", {SAMPLES.get(kind, chr(39) + 'x' + chr(39))}" for _, kind in columns)
    owner.execute("SET LOCAL session_replication_role = replica")
    for program in (OURS, THEIRS):
        owner.execute(f'INSERT INTO "{table}" (program_id{names}) VALUES ({program}{values})')
    owner.execute("SET LOCAL session_replication_role = origin")
    owner.execute(f'GRANT SELECT, DELETE ON "{table}" TO sc_definer')


def rows_seen(owner: Any, table: str) -> int:
    """How many rows a role behind the wall sees in program OURS."""
    owner.execute("SELECT set_config('app.program', %s, true), set_config('app.user', '', true)", [str(OURS)])
    owner.execute("SET LOCAL ROLE sc_definer")
    owner.execute(f'SELECT count(*) FROM "{table}"')
    answer = owner.fetchone()[0]
    owner.execute("SET LOCAL ROLE sc_owner")
    return int(answer)


def policies(owner: Any, table: str) -> list[str]:
    owner.execute(
        "SELECT policyname FROM pg_policies WHERE tablename = %s AND cmd IN ('ALL', 'SELECT')", [table]
    )
    return [row[0] for row in owner.fetchall() if row[0].startswith("program_wall")]


def said_of(table: str) -> list[str]:
    return [said for said in complaints("migrate") if table in said]


def test_nothing_is_wrong_with_the_walls_as_the_application_sees_them() -> None:
    assert complaints() == []


def test_every_model_of_ours_but_the_user_and_the_directory_is_scoped() -> None:
    ours = {m._meta.db_table for m in apps.get_models() if m._meta.app_label in settings.OUR_APPS}
    assert ours - set(scoped_tables()) == {"programs_program", "programs_user"}


@pytest.mark.parametrize("table", scoped_tables())
def test_each_policy_opened_leaks_one_row_and_is_complained_about(owner: Any, table: str) -> None:
    make_rows(owner, table)
    assert rows_seen(owner, table) == 1

    for policy in policies(owner, table):
        owner.execute(f'ALTER POLICY {policy} ON "{table}" USING (true)')

    assert rows_seen(owner, table) == 2
    assert any("policy is not the wall" in said for said in said_of(table))


@pytest.mark.parametrize("table", scoped_tables())
def test_row_security_switched_off_leaks_and_is_complained_about(owner: Any, table: str) -> None:
    make_rows(owner, table)
    owner.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    assert rows_seen(owner, table) == 2
    assert any("not enabled" in said for said in said_of(table))

    owner.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY')
    assert any("not forced" in said for said in said_of(table))


@pytest.mark.parametrize("table", scoped_tables())
def test_no_row_of_another_program_can_be_written(owner: Any, table: str) -> None:
    make_rows(owner, table)
    owner.execute(f'GRANT INSERT ON "{table}" TO sc_definer')
    owner.execute(
        f'CREATE TEMPORARY TABLE foreign_row AS SELECT * FROM "{table}" WHERE program_id = {THEIRS}'
    )
    owner.execute("GRANT SELECT ON foreign_row TO sc_definer; UPDATE foreign_row SET id = 8")
    owner.execute("SELECT set_config('app.program', %s, true)", [str(OURS)])
    owner.execute("SET LOCAL ROLE sc_definer")
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic(using="migrate"):
        owner.execute(f'INSERT INTO "{table}" SELECT * FROM foreign_row')


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("GRANT UPDATE ON ledger_transfer TO sc_app", "append-only, but the application may change it"),
        ("GRANT INSERT ON ledger_balance TO sc_app", "written by functions"),
        ("GRANT TRUNCATE ON families_child TO sc_app", "may truncate"),
        ("DROP TRIGGER append_only ON audit_record", "trigger is missing"),
        ("ALTER TABLE audit_record ENABLE TRIGGER append_only", "can be switched off"),
        (
            "ALTER TABLE families_child ADD FOREIGN KEY (household_id) REFERENCES families_household (id)",
            "not composite",
        ),
        ("CREATE UNIQUE INDEX bad ON coupons_coupon (code)", "unique without program_id first"),
        ("CREATE INDEX bad ON coupons_coupon (code)", "index without program_id first"),
        ("ALTER TABLE partners_device DROP CONSTRAINT partners_device_in_program", "lacks UNIQUE"),
        ("CREATE VIEW bad AS SELECT * FROM coupons_coupon", "owner's eyes"),
        ("CREATE MATERIALIZED VIEW bad AS SELECT * FROM coupons_coupon", "owner's eyes"),
        (
            "CREATE FUNCTION bad() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "sees all programs",
        ),
        ("ALTER FUNCTION ledger_post RESET search_path", "without a fixed search_path"),
        ("CREATE TABLE bad (coupon bigint REFERENCES coupons_coupon (id))", "a global table points"),
    ],
)
def test_each_other_wall_taken_down_is_complained_about(owner: Any, damage: str, words: str) -> None:
    if "ledger_post" in damage:
        owner.execute("SET LOCAL ROLE sc_definer")
    owner.execute(damage)
    owner.execute("SET LOCAL ROLE sc_owner")

    assert any(words in said for said in complaints("migrate")), complaints("migrate")


def test_the_owner_role_itself_is_refused() -> None:
    said = " ".join(complaints("migrate"))
    assert "has BYPASSRLS" in said
    assert "owns" in said
