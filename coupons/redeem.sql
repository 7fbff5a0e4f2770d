-- Spend part of a coupon: the body of coupons/redeem.py, one round trip, all or nothing.
-- Lock the coupon's balance, look for the key, check, insert, post, record, tell. What is refused
-- comes back as an outcome and has written nothing. No balance of the school is touched.
-- Each statement below sees what was committed before it began (READ COMMITTED, VOLATILE): so the
-- key and the state are read after the lock, and the winner's row after waiting on a conflict.
CREATE OR REPLACE FUNCTION coupons_redeem(
    p_code text, p_amount_yen bigint, p_category text, p_payee bigint, p_place bigint, p_device bigint,
    p_request_key uuid, p_actor bigint, p_on date, p_now timestamptz,
    OUT outcome text, OUT redemption bigint, OUT coupon bigint, OUT taken_at timestamptz,
    OUT first_usable date, OUT last_usable date, OUT usable_yen bigint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_program bigint := current_program();
    v_account bigint;
    v_rules bigint;
    v_state text;
    v_allowed_yen bigint;
    v_categories jsonb;
    v_before coupons_redemption;
    v_about text;
BEGIN
    SELECT c.id, c.account_id, c.rules_id INTO coupon, v_account, v_rules FROM coupons_coupon c
      WHERE c.program_id = v_program AND c.code = p_code;
    IF coupon IS NULL THEN
        outcome := 'unknown';
        RETURN;
    END IF;

    SELECT b.balance_yen INTO usable_yen FROM ledger_balance b  -- lock
      WHERE b.program_id = v_program AND b.account_id = v_account FOR UPDATE;

    SELECT * INTO v_before FROM coupons_redemption r
      WHERE r.program_id = v_program AND r.request_key = p_request_key;
    IF v_before.id IS NULL THEN
        SELECT c.state, c.first_day, c.last_day INTO v_state, first_usable, last_usable FROM coupons_coupon c
          WHERE c.program_id = v_program AND c.id = coupon;
        IF v_state = 'active' AND p_on < first_usable THEN  -- check
            outcome := 'not_yet';
            RETURN;
        END IF;
        IF v_state <> 'active' OR p_on > last_usable THEN  -- check
            outcome := 'closed';
            RETURN;
        END IF;
        IF v_rules IS NOT NULL THEN
            SELECT a.allowed_yen, a.categories INTO v_allowed_yen, v_categories
              FROM coupons_allowance(coupon, p_on) a;
            IF NOT v_categories ? p_category THEN  -- check
                outcome := 'category';
                RETURN;
            END IF;
            IF p_amount_yen <= usable_yen AND p_amount_yen > v_allowed_yen THEN  -- check
                usable_yen := v_allowed_yen;
                outcome := 'over_allowance';
                RETURN;
            END IF;
            usable_yen := least(usable_yen, v_allowed_yen);
        END IF;
        IF p_amount_yen > usable_yen THEN  -- check
            outcome := 'too_low';
            RETURN;
        END IF;

        taken_at := p_now;
        INSERT INTO coupons_redemption (program_id, coupon_id, payee_id, place_id, device_id, amount_yen,  -- change
                                        category, request_key, redeemed_by_id, redeemed_on, redeemed_at)
        VALUES (v_program, coupon, p_payee, p_place, p_device, p_amount_yen,
                p_category, p_request_key, p_actor, p_on, p_now)
        ON CONFLICT (program_id, request_key) DO NOTHING
        RETURNING id INTO redemption;
        IF redemption IS NULL THEN  -- the same key came at once for another coupon; it won
            SELECT * INTO v_before FROM coupons_redemption r
              WHERE r.program_id = v_program AND r.request_key = p_request_key;
        END IF;
    END IF;

    IF v_before.id IS NOT NULL THEN
        redemption := v_before.id;
        taken_at := v_before.redeemed_at;
        outcome := CASE WHEN (v_before.coupon_id, v_before.amount_yen, v_before.payee_id, v_before.place_id,
                              v_before.category) = (coupon, p_amount_yen, p_payee, p_place, p_category)
                        THEN 'repeat' ELSE 'key_used' END;
        RETURN;
    END IF;

    v_about := 'redemption:' || redemption;
    PERFORM ledger_post(v_account, p_payee, p_amount_yen, v_about, 1::smallint, NULL, redemption);  -- post
    INSERT INTO audit_record (id, program_id, verb, subject, actor_id, facts, happened_at)  -- record
    VALUES (redemption, v_program, 'coupon.redeemed', v_about, p_actor,
            jsonb_build_object('amount_yen', p_amount_yen, 'coupon_id', coupon), p_now);
    INSERT INTO outbox_message (program_id, topic, about, facts, created_at, attempts, last_error)  -- tell
    VALUES (v_program, 'coupon_redeemed', v_about,
            jsonb_build_object('amount_yen', p_amount_yen, 'coupon_id', coupon), p_now, 0, '');
    outcome := 'taken';
END $$;

GRANT SELECT ON coupons_coupon TO sc_definer;
GRANT INSERT ON audit_record, outbox_message TO sc_definer;
REVOKE ALL ON FUNCTION coupons_redeem(
    text, bigint, text, bigint, bigint, bigint, uuid, bigint, date, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION coupons_redeem(
    text, bigint, text, bigint, bigint, bigint, uuid, bigint, date, timestamptz) TO sc_app;
-- Last: rights are given by the owner, who is another from here on.
ALTER FUNCTION coupons_redeem(
    text, bigint, text, bigint, bigint, bigint, uuid, bigint, date, timestamptz) OWNER TO sc_definer;
