-- Before the first table. Run by the owner; the same in every database, also a test's.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO sc_app;
-- Tables that Django made before this migration.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sc_app;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM sc_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO sc_app, sc_definer;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO sc_app, sc_definer, sc_relay, sc_report, sc_backup;
GRANT CREATE ON SCHEMA public TO sc_definer, sc_relay;

-- The program one acts in. Raises where there is none: a forgotten scope is an error, not an empty page.
CREATE FUNCTION current_program() RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    v_program text := current_setting('app.program', true);
BEGIN
    IF v_program IS NULL OR v_program = '' THEN
        RAISE EXCEPTION 'no program is set in this transaction' USING ERRCODE = 'SC001';
    END IF;
    RETURN v_program::bigint;
END $$;

-- Ids of all tables: milliseconds since 2025 << 12 | a counter. Below 2^53 until 2094.
CREATE SEQUENCE time_ordered AS bigint CACHE 1 CYCLE MINVALUE 0 MAXVALUE 4095;
CREATE FUNCTION time_ordered_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT ((extract(epoch FROM clock_timestamp()) * 1000)::bigint - 1735689600000) << 12
           | nextval('time_ordered')
$$;

-- Append-only tables call this before UPDATE, DELETE and TRUNCATE, always (ENABLE ALWAYS TRIGGER).
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'SC002';
END $$;

GRANT EXECUTE ON FUNCTION current_program() TO sc_app, sc_definer, sc_relay, sc_report;
GRANT EXECUTE ON FUNCTION time_ordered_id() TO sc_app, sc_definer;
GRANT EXECUTE ON FUNCTION refuse_change() TO sc_app, sc_definer;
