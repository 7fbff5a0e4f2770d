-- The counter of a school's till system, by its token's hash: the read of partners/queries.py in a function,
-- so that PostgreSQL plans this join once a connection instead of at every redemption (half of a request's
-- database time). SECURITY INVOKER: row security holds the caller as in any other statement.
CREATE OR REPLACE FUNCTION partners_counter_of_system(p_token_hash text) RETURNS TABLE (
    device_id bigint, device_kind text, device_token_hash text, device_revoked_at timestamptz,
    device_last_seen_on date, device_paused_until timestamptz, device_classroom_id bigint,
    device_acts_as_id bigint,
    classroom_id bigint, classroom_is_open boolean, classroom_provider_id bigint,
    provider_id bigint, provider_state text, provider_approved_until date, provider_payable_id bigint,
    member_id bigint, member_user_id bigint, member_role text, member_is_active boolean
)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_program bigint := current_program();
BEGIN
    RETURN QUERY
    SELECT d.id, d.kind::text, d.token_hash::text, d.revoked_at, d.last_seen_on, d.paused_until, d.classroom_id,
           d.acts_as_id,
           c.id, c.is_open, c.provider_id,
           p.id, p.state::text, p.approved_until, p.payable_id,
           m.id, m.user_id, m.role::text, m.is_active
    FROM partners_device d
    JOIN partners_classroom c ON c.program_id = v_program AND c.id = d.classroom_id
    JOIN partners_provider p ON p.program_id = v_program AND p.id = c.provider_id
    JOIN programs_membership m ON m.program_id = v_program AND m.id = d.acts_as_id
    WHERE d.program_id = v_program AND d.token_hash = p_token_hash AND d.kind = 'system';
END $$;
REVOKE ALL ON FUNCTION partners_counter_of_system(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_counter_of_system(text) TO sc_app;
