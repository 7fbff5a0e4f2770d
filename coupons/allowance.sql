-- What the rules of a coupon allow on a day, beyond its balance: asked by redeem.sql under the coupon's lock,
-- and by coupons/redeem.py before it. One place, so that a till is never told other than what is then done.
-- Uses that were taken back do not count. allowed_yen is null when no rule limits the amount.
CREATE OR REPLACE FUNCTION coupons_allowance(
    p_coupon bigint, p_on date, OUT allowed_yen bigint, OUT categories jsonb
)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_program bigint := current_program();
    v_windows jsonb;
    v_carries_over boolean;
    v_per_use_yen bigint;
    v_per_day_yen bigint;
    v_face_yen bigint;
    v_cap_yen bigint;
    v_first date;
    v_last date;
BEGIN
    SELECT u.windows, u.carries_over, u.per_use_yen, u.per_day_yen, u.categories,
           c.face_yen
      INTO v_windows, v_carries_over, v_per_use_yen, v_per_day_yen, categories, v_face_yen
      FROM coupons_coupon c JOIN coupons_userules u ON u.program_id = c.program_id AND u.id = c.rules_id
      WHERE c.program_id = v_program AND c.id = p_coupon;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    allowed_yen := v_per_use_yen;
    IF v_per_day_yen IS NOT NULL THEN
        allowed_yen := least(allowed_yen, v_per_day_yen - coupons_used(p_coupon, p_on, p_on));
    END IF;
    IF v_windows <> '[]' AND v_carries_over THEN
        -- All that the coupon is worth but what windows to come brought. Not counted from the day of issue: a job
        -- issues as of the day it was asked, and a step after midnight would lose the month that ended then.
        SELECT v_face_yen - coalesce(sum((w ->> 'yen')::bigint), 0)
          INTO v_cap_yen FROM jsonb_array_elements(v_windows) w WHERE (w ->> 'first')::date > p_on;
        allowed_yen := least(allowed_yen, v_cap_yen - coupons_used(p_coupon, '-infinity', 'infinity'));
    ELSIF v_windows <> '[]' THEN
        SELECT sum((w ->> 'yen')::bigint), min((w ->> 'first')::date), max((w ->> 'last')::date)
          INTO v_cap_yen, v_first, v_last FROM jsonb_array_elements(v_windows) w
          WHERE p_on BETWEEN (w ->> 'first')::date AND (w ->> 'last')::date;
        allowed_yen := least(
            allowed_yen,
            CASE WHEN v_cap_yen IS NULL THEN 0 ELSE v_cap_yen - coupons_used(p_coupon, v_first, v_last) END
        );
    END IF;
    IF allowed_yen < 0 THEN
        allowed_yen := 0;
    END IF;
END $$;

-- What was used of a coupon from one day to another, inclusive, without what was taken back.
CREATE OR REPLACE FUNCTION coupons_used(p_coupon bigint, p_first date, p_last date) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(r.amount_yen), 0)::bigint FROM coupons_redemption r
      WHERE r.program_id = current_program() AND r.coupon_id = p_coupon
        AND r.redeemed_on BETWEEN p_first AND p_last
        AND NOT EXISTS (SELECT 1 FROM coupons_reversal v
                          WHERE v.program_id = r.program_id AND v.redemption_id = r.id)
$$;

GRANT SELECT ON coupons_userules, coupons_reversal TO sc_definer;
REVOKE ALL ON FUNCTION coupons_allowance(bigint, date), coupons_used(bigint, date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION coupons_allowance(bigint, date), coupons_used(bigint, date, date) TO sc_app, sc_definer;
