-- What a database of the platform needs before its first migration. May be run again at any time.
-- Run as a superuser inside the database, after roles.sql.

ALTER SCHEMA public OWNER TO sc_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO sc_app, sc_definer, sc_relay, sc_report, sc_backup;
-- A role that is given a function must hold CREATE on its schema at that moment; it cannot sign in.
GRANT CREATE ON SCHEMA public TO sc_definer, sc_relay;

-- Tables: the application reads and writes; append-only tables take this away again one by one, and TRUNCATE,
-- REFERENCES and TRIGGER are never given. Sequences: the next number, never setval.
ALTER DEFAULT PRIVILEGES FOR ROLE sc_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO sc_app;
ALTER DEFAULT PRIVILEGES FOR ROLE sc_owner IN SCHEMA public
    GRANT USAGE ON SEQUENCES TO sc_app, sc_definer;
-- Functions: nobody may call one until a migration says who. (Not per schema: that could only add rights.)
ALTER DEFAULT PRIVILEGES FOR ROLE sc_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE sc_definer REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE sc_relay REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- The database itself: the run-time roles by name, nobody else, and no temporary tables in public's stead.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO sc_app, sc_migrate, sc_backup', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO sc_owner', current_database());
END
$$;
