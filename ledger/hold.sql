-- What a guarded account holds, held still until the transaction ends. The application role may not
-- lock balances by itself; issue, expire, reverse and refunds decide on the amount that this returns.
CREATE OR REPLACE FUNCTION ledger_hold(p_account bigint) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT balance_yen FROM ledger_balance
      WHERE program_id = current_program() AND account_id = p_account FOR UPDATE
$$;
REVOKE ALL ON FUNCTION ledger_hold(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_hold(bigint) TO sc_app;
-- Last: rights are given by the owner, who is another from here on.
ALTER FUNCTION ledger_hold(bigint) OWNER TO sc_definer;
