"""10,000 coupons and 100 schools in one program, made by the owner in bulk, with books that verify."""

import hashlib
from typing import Any

from kernel.codes import check_character

TILLS = 100
COUPON_YEN = 10_000_000
SQL = """
INSERT INTO programs_program (id, slug, name, name_en, municipality_code, help_phone, help_hours, is_demonstration, small_cell)
VALUES (1, 'bench', 'bench', '', '131130', '', '', true, 10);
SELECT set_config('app.program', '1', true);
INSERT INTO programs_programyear
    (id, program_id, year, first_day, last_day, face_yen, is_prorated, coupons_from_promises)
VALUES (1, 1, 2026, '2020-04-01', '2099-03-31', {yen}, false, false);
INSERT INTO programs_user (id, password, email, name, language, is_active, date_joined)
VALUES (1, '!', 'till@bench.example', '', 'ja', true, now());
INSERT INTO programs_membership (id, program_id, user_id, role, is_active, created_at) VALUES (1, 1, 1, 'provider_admin', true, now());
INSERT INTO ledger_account (id, program_id, kind, label, opened_at) VALUES (1, 1, 'bank', 'bank', now()), (2, 1, 'fund', 'fund', now());
INSERT INTO ledger_account (id, program_id, kind, label, opened_at)
SELECT 1000 + n, 1, 'payable', 'school ' || n, now() FROM generate_series(1, {tills}) n;
INSERT INTO ledger_account (id, program_id, kind, label, opened_at)
SELECT 1000000 + n, 1, 'coupon', 'coupon', now() FROM generate_series(1, {rows}) n;
INSERT INTO ledger_transfer (program_id, debit_id, credit_id, amount_yen, source, leg, posted_at)
VALUES (1, 1, 2, {rows}::bigint * {yen}, 'grant:1', 1, now());
INSERT INTO ledger_transfer (program_id, debit_id, credit_id, amount_yen, source, leg, posted_at)
SELECT 1, 2, 1000000 + n, {yen}, 'coupon:' || n, 1, now() FROM generate_series(1, {rows}) n;
UPDATE ledger_balance SET balance_yen = CASE WHEN account_id = 2 THEN 0 ELSE {yen} END;
INSERT INTO families_childkey (id, program_id, wrapped) VALUES (1, 1, '\\x00');
INSERT INTO families_household (id, program_id, created_at) VALUES (1, 1, now());
INSERT INTO partners_provider (id, program_id, name, kind, payable_id, state, approved_until)
SELECT n, 1, 'school ' || n, 'juku', 1000 + n, 'approved', '2099-03-31' FROM generate_series(1, {tills}) n;
INSERT INTO partners_classroom (id, program_id, provider_id, name, area, is_open)
SELECT n, 1, n, 'room ' || n, 'area', true FROM generate_series(1, {tills}) n;
"""


def fill(cursor: Any, rows: int) -> tuple[list[str], list[str]]:
    """Make the rows in the caller's transaction as the owner; returns the coupons' codes and tills' tokens."""
    cursor.execute(SQL.format(rows=rows, tills=TILLS, yen=COUPON_YEN))
    bodies = [f"{number:011d}" for number in range(1, rows + 1)]
    codes = [body + check_character(body) for body in bodies]
    _children_and_coupons(cursor, codes)
    tokens = [hashlib.sha256(f"till {number}".encode()).hexdigest() for number in range(1, TILLS + 1)]
    cursor.executemany(
        "INSERT INTO partners_device (id, program_id, classroom_id, label, kind, acts_as_id, enrol_code_hash,"
        " enrol_until, token_hash, enrolled_at, wrong_codes)"
        " VALUES (%s, 1, %s, 'till', 'system', 1, '', now(), %s, now(), 0)",
        [(n, n, hashlib.sha256(token.encode()).hexdigest()) for n, token in enumerate(tokens, 1)],
    )
    cursor.execute(
        "CREATE TABLE bench_code (n int PRIMARY KEY, code text); GRANT SELECT ON bench_code TO sc_app"
    )
    cursor.executemany("INSERT INTO bench_code VALUES (%s, %s)", list(enumerate(codes, 1)))
    return codes, tokens


def _children_and_coupons(cursor: Any, codes: list[str]) -> None:
    cursor.execute(
        "SELECT string_agg(quote_ident(column_name) || '|' || data_type, ',') FROM information_schema.columns"
        " WHERE table_name = 'families_child' AND is_nullable = 'NO'"
        " AND column_name NOT IN ('id', 'program_id', 'household_id', 'key_id')"
    )
    extra = [pair.split("|") for pair in cursor.fetchone()[0].split(",")]
    names = "".join(f", {name}" for name, _ in extra)
    values = "".join(", '\\x00'" if kind == "bytea" else ", 'bench-' || n" for _, kind in extra)
    cursor.execute(
        f"INSERT INTO families_child (id, program_id, household_id, key_id{names})"
        f" SELECT n, 1, 1, 1{values} FROM generate_series(1, {len(codes)}) n"
    )
    cursor.executemany(
        "INSERT INTO coupons_coupon (id, program_id, child_id, year_id, account_id, fund_id, code, face_yen,"
        " first_day, last_day, state, issued_at, issued_by_id)"
        f" VALUES (%s, 1, %s, 1, %s, 2, %s, {COUPON_YEN}, '2020-04-01', '2099-03-31', 'active', now(), 1)",
        [(n, n, 1_000_000 + n, code) for n, code in enumerate(codes, 1)],
    )
