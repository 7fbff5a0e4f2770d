-- The roles of the platform, once per PostgreSQL server. May be run again at any time. Plain SQL, no passwords:
-- config/embedded.py sets those for bin/demo and bin/test, docker-compose does so for a real installation.
-- Run as a superuser, then database.sql in the database itself.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY[
        'sc_owner', 'sc_migrate', 'sc_app', 'sc_definer', 'sc_relay', 'sc_backup', 'sc_report'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
    END LOOP;
END
$$;

-- Owns every table. BYPASSRLS: without it, new foreign keys and data migrations see no rows under FORCE.
ALTER ROLE sc_owner NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;
-- Signs in for migrations only and becomes sc_owner with SET ROLE; holds nothing by itself.
ALTER ROLE sc_migrate LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- What web, worker, relay and beat run as: grants only.
ALTER ROLE sc_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- Own the SECURITY DEFINER functions: money by sc_definer, outbox and jobs by sc_relay. Row security holds them too.
ALTER ROLE sc_definer NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE sc_relay NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- pg_dump must see every row, and may change none.
ALTER ROLE sc_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;
ALTER ROLE sc_backup SET default_transaction_read_only = on;
ALTER ROLE sc_report NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

GRANT sc_owner TO sc_migrate WITH INHERIT FALSE, SET TRUE;
-- Only so that migrations can hand functions over; the owner does not inherit their rights.
GRANT sc_definer, sc_relay TO sc_owner WITH INHERIT FALSE, SET TRUE;
GRANT pg_read_all_data TO sc_backup;
