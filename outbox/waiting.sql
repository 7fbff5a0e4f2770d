-- Ids of programs with messages not done. Owned by a role that may see these rows of all programs
-- and nothing else, so that the relay need not open 1,700 programs to find the three with mail.
GRANT SELECT (program_id, done_at, id) ON outbox_message TO sc_relay;
CREATE POLICY relay_sees_what_waits ON outbox_message FOR SELECT TO sc_relay USING (done_at IS NULL);
CREATE OR REPLACE FUNCTION outbox_programs_waiting() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT program_id FROM outbox_message WHERE done_at IS NULL
$$;
REVOKE ALL ON FUNCTION outbox_programs_waiting() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_programs_waiting() TO sc_app;
ALTER FUNCTION outbox_programs_waiting() OWNER TO sc_relay;
