"""Reads the database's own catalogue and says what is wrong with the walls.

The product refuses to start while anything is said; tests/programs/test_walls.py takes each wall
down in turn and requires the complaint.
"""

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections

from programs.fields import ProgramField, program_field

ROLE = """
SELECT CASE WHEN r.rolsuper THEN 'is superuser' WHEN r.rolbypassrls THEN 'has BYPASSRLS'
            WHEN r.rolcreaterole THEN 'may create roles' WHEN r.rolreplication THEN 'may replicate' END
FROM pg_roles r WHERE r.rolname = current_user
UNION ALL
SELECT 'owns ' || count(*) || ' tables' FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
WHERE r.rolname = current_user AND c.relkind IN ('r', 'p') HAVING count(*) > 0
UNION ALL
SELECT 'is a member of ' || o.rolname FROM pg_roles o
WHERE o.rolname <> current_user AND pg_has_role(current_user, o.oid, 'MEMBER')
  AND (o.rolsuper OR o.rolbypassrls OR EXISTS (
        SELECT 1 FROM pg_class c WHERE c.relowner = o.oid AND c.relkind IN ('r', 'p')))
"""
SETTINGS = """
SELECT name || ' is off' FROM pg_settings
WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'
"""
TABLES = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       coalesce((SELECT array_agg(p.policyname || ' to ' || array_to_string(p.roles, ',') || ': '
                                   || coalesce(p.qual, p.with_check) ORDER BY 1)
                 FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname), '{}'),
       has_table_privilege('sc_app', c.oid, 'UPDATE') OR has_table_privilege('sc_app', c.oid, 'DELETE'),
       has_table_privilege('sc_app', c.oid, 'INSERT'),
       has_table_privilege('sc_app', c.oid, 'TRUNCATE'),
       EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only'
               AND t.tgenabled = 'A')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname = ANY (%s)
"""
KEYS = """
SELECT c.conrelid::regclass || '.' || c.conname || ' is not composite with program_id'
FROM pg_constraint c
WHERE c.contype = 'f' AND c.conrelid = ANY (%(scoped)s::regclass[]) AND c.confrelid = ANY (%(scoped)s::regclass[])
  AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                  AND a.attname = 'program_id' AND c.confkey[1] = (
                    SELECT b.attnum FROM pg_attribute b
                    WHERE b.attrelid = c.confrelid AND b.attname = 'program_id'))
UNION ALL
SELECT i.indexrelid::regclass || ' is unique without program_id first'
FROM pg_index i WHERE i.indrelid = ANY (%(scoped)s::regclass[]) AND i.indisunique AND NOT i.indisprimary
  AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                  AND a.attname = 'program_id')
UNION ALL
SELECT i.indexrelid::regclass || ' is an index without program_id first'
FROM pg_index i WHERE i.indrelid = ANY (%(scoped)s::regclass[]) AND NOT i.indisunique
  AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                  AND a.attname = 'program_id')
UNION ALL
SELECT t::regclass || ' lacks UNIQUE (program_id, id)' FROM unnest(%(scoped)s::regclass[]) t
WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conrelid = t AND c.contype IN ('u', 'p')
                  AND c.conname LIKE '%%\\_in\\_program')
UNION ALL
SELECT c.conrelid::regclass || '.' || c.conname || ': a global table points to a scoped one'
FROM pg_constraint c WHERE c.contype = 'f' AND c.confrelid = ANY (%(scoped)s::regclass[])
  AND NOT c.conrelid = ANY (%(scoped)s::regclass[])
"""
FUNCTIONS = """
SELECT p.proname || ' is SECURITY DEFINER owned by ' || r.rolname || ', who sees all programs'
FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.prosecdef AND (r.rolsuper OR r.rolbypassrls)
UNION ALL
SELECT p.proname || ' is SECURITY DEFINER without a fixed search_path'
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.prosecdef AND NOT coalesce(array_to_string(p.proconfig, ','), '') LIKE '%%search_path%%'
UNION ALL
SELECT c.relname || ' is a view that looks with its owner''s eyes' FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND (c.relkind = 'm' OR (c.relkind = 'v'
  AND NOT coalesce(array_to_string(c.reloptions, ','), '') LIKE '%%security_invoker=true%%'))
"""
WALL = "(program_id = ( SELECT current_program() AS current_program))"
MILD_READ = (
    "((program_id = (NULLIF(current_setting('app.program'::text, true), ''::text))::bigint) OR "
    "({user} = (NULLIF(current_setting('app.user'::text, true), ''::text))::bigint))"
)
WALLED = " to sc_app,sc_definer,sc_report: "
EXTRA_POLICIES = {"outbox_message": ["relay_sees_what_waits to sc_relay: (done_at IS NULL)"]}


def scoped_tables() -> list[str]:
    """Names of the tables that belong to programs."""
    return sorted(m._meta.db_table for m in apps.get_models() if program_field(m) is not None)


def _mark(table: str) -> ProgramField:
    marks = (program_field(m) for m in apps.get_models() if m._meta.db_table == table)
    return next(mark for mark in marks if mark)


def _expected_policies(table: str) -> list[str]:
    mark = _mark(table)
    if mark.own_user:
        acts = [f"program_wall_{act}{WALLED}{WALL}" for act in ("delete", "insert", "update")]
        return sorted([*acts, f"program_wall_read{WALLED}{MILD_READ.format(user=mark.own_user)}"])
    return sorted([f"program_wall{WALLED}{WALL}", *EXTRA_POLICIES.get(table, [])])


def _said_of(table: str, row: tuple[bool, bool, list[str], bool, bool, bool, bool]) -> list[str]:
    is_enabled, is_forced, policies, may_change, may_insert, may_truncate, has_trigger = row
    mark = _mark(table)
    said = {
        "row security is not enabled": not is_enabled,
        "row security is not forced": not is_forced,
        "its policy is not the wall": sorted(policies) != _expected_policies(table),
        "the application may truncate it": may_truncate,
        "append-only, but the application may change it": mark.append_only and may_change,
        "append-only, but the trigger is missing or can be switched off": mark.append_only
        and not has_trigger,
        "written by functions, but the application may write it": mark.by_functions
        and (may_insert or may_change),
    }
    return [f"{table}: {words}" for words, is_wrong in said.items() if is_wrong]


def complaints(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """What is wrong with the role, the settings, the tables, the keys and the functions; [] is good."""
    scoped = scoped_tables()
    with connections[using].cursor() as cursor:
        cursor.execute(ROLE)
        said = [f"the application's role {row[0]}" for row in cursor.fetchall() if row[0]]
        cursor.execute(SETTINGS)
        said += [row[0] for row in cursor.fetchall()]
        cursor.execute(TABLES, [scoped])
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
        said += [f"{table}: missing; run migrate" for table in scoped if table not in rows]
        for table, row in sorted(rows.items()):
            said += _said_of(table, row)
        if len(rows) == len(scoped):
            cursor.execute(KEYS, {"scoped": scoped})
            said += [row[0] for row in cursor.fetchall()]
        cursor.execute(FUNCTIONS, [])
        said += [row[0] for row in cursor.fetchall()]
    return said


def refuse_unsafe_start() -> None:
    """Called by web, worker, beat and relay before anything else. Raises ImproperlyConfigured."""
    said = complaints()
    if said:
        raise ImproperlyConfigured("The walls between programs are not whole:\n  " + "\n  ".join(said))
