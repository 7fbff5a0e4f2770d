-- The only writer of transfers and balances. Called by ledger/post.py and by the hot verb's SQL.
-- Locks guarded balances first, by account id, coupon and fund alike; a repeat of (source, leg)
-- moves nothing and returns the first transfer's id when it is the same movement.
CREATE OR REPLACE FUNCTION ledger_post(
    p_debit bigint, p_credit bigint, p_amount_yen bigint, p_source text,
    p_leg smallint DEFAULT 1, p_reverses bigint DEFAULT NULL, p_id bigint DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_program bigint := current_program();
    v_id bigint;
    v_same boolean;
BEGIN
    PERFORM 1 FROM ledger_balance
      WHERE program_id = v_program AND account_id IN (p_debit, p_credit)
      ORDER BY account_id FOR UPDATE;
    INSERT INTO ledger_transfer
        (id, program_id, debit_id, credit_id, amount_yen, source, leg, reverses, posted_at)
    VALUES (coalesce(p_id, time_ordered_id()), v_program, p_debit, p_credit, p_amount_yen, p_source, p_leg,
            p_reverses, clock_timestamp())
    ON CONFLICT (program_id, source, leg) DO NOTHING
    RETURNING id INTO v_id;
    IF v_id IS NULL THEN
        SELECT id, (debit_id, credit_id, amount_yen) = (p_debit, p_credit, p_amount_yen)
          INTO v_id, v_same FROM ledger_transfer
          WHERE program_id = v_program AND source = p_source AND leg = p_leg;
        IF NOT v_same THEN
            RAISE EXCEPTION 'source % leg % is another transfer', p_source, p_leg USING ERRCODE = 'SC003';
        END IF;
        RETURN v_id;
    END IF;
    -- Guarded accounts are credit accounts: a debit takes, a credit adds. CHECK refuses below zero.
    UPDATE ledger_balance SET balance_yen = balance_yen - p_amount_yen
      WHERE program_id = v_program AND account_id = p_debit;
    UPDATE ledger_balance SET balance_yen = balance_yen + p_amount_yen
      WHERE program_id = v_program AND account_id = p_credit;
    RETURN v_id;
END $$;

-- A guarded account gets its balance row with itself, so that none can be posted to without one.
CREATE OR REPLACE FUNCTION ledger_open_balance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_balance (program_id, account_id, balance_yen) VALUES (NEW.program_id, NEW.id, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER open_balance AFTER INSERT ON ledger_account
    FOR EACH ROW WHEN (NEW.kind IN ('fund', 'coupon')) EXECUTE FUNCTION ledger_open_balance();

REVOKE ALL ON FUNCTION ledger_post(bigint, bigint, bigint, text, smallint, bigint, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger_open_balance() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_post(bigint, bigint, bigint, text, smallint, bigint, bigint) TO sc_app;
-- Last: rights are given by the owner, who is another from here on.
ALTER FUNCTION ledger_post(bigint, bigint, bigint, text, smallint, bigint, bigint) OWNER TO sc_definer;
ALTER FUNCTION ledger_open_balance() OWNER TO sc_definer;
ALTER TABLE ledger_balance SET (fillfactor = 70);
