-- What explains a line of Stripe's list, for one organisation: all at once, because there may be 100,000.
-- %(organisation)s: its id. Runs in the program's scope; every join is within the program.
UPDATE donations_stripeline line SET explained_by = found.source
FROM (
    SELECT l.id, 'donation:' || d.id AS source
      FROM donations_stripeline l
      JOIN donations_donation d ON d.program_id = l.program_id AND d.charge_id = l.source_id
      JOIN donations_campaign c ON c.program_id = d.program_id AND c.id = d.campaign_id
     WHERE l.organisation_id = %(organisation)s AND l.explained_by = '' AND l.source_id <> ''
       AND c.organisation_id = l.organisation_id AND d.state = 'paid'
       AND l.kind IN ('charge', 'payment') AND (l.amount_yen, l.fee_yen) = (d.amount_yen, d.fee_yen)
    UNION ALL
    SELECT l.id, CASE WHEN l.amount_yen < 0 THEN 'refund:' ELSE 'refund-failed:' END || r.id
      FROM donations_stripeline l
      JOIN donations_refund r ON r.program_id = l.program_id AND r.refund_id = l.source_id
      JOIN donations_donation d ON d.program_id = r.program_id AND d.id = r.donation_id
      JOIN donations_campaign c ON c.program_id = d.program_id AND c.id = d.campaign_id
     WHERE l.organisation_id = %(organisation)s AND l.explained_by = '' AND l.source_id <> ''
       AND c.organisation_id = l.organisation_id AND l.fee_yen = 0
       AND r.fund_yen + r.operating_yen + r.reserve_yen = r.amount_yen
       AND (l.amount_yen = -r.amount_yen OR (l.amount_yen = r.amount_yen AND r.state = 'failed'))
    UNION ALL
    SELECT l.id, CASE WHEN l.amount_yen < 0 THEN 'dispute:' ELSE 'dispute-won:' END || p.id
      FROM donations_stripeline l
      JOIN donations_dispute p ON p.program_id = l.program_id AND p.dispute_id = l.source_id
      JOIN donations_donation d ON d.program_id = p.program_id AND d.id = p.donation_id
      JOIN donations_campaign c ON c.program_id = d.program_id AND c.id = d.campaign_id
     WHERE l.organisation_id = %(organisation)s AND l.explained_by = '' AND l.source_id <> ''
       AND c.organisation_id = l.organisation_id
       AND ((p.is_withdrawn AND (l.amount_yen, l.fee_yen) = (-p.amount_yen, p.fee_yen))
            OR (p.is_returned AND (l.amount_yen, l.fee_yen) = (p.amount_yen, -p.fee_returned_yen)))
    UNION ALL
    SELECT l.id, CASE WHEN l.amount_yen < 0 THEN 'payout:' ELSE 'payout-failed:' END || o.id
      FROM donations_stripeline l
      JOIN donations_payout o ON o.program_id = l.program_id AND o.payout_id = l.source_id
     WHERE l.organisation_id = %(organisation)s AND l.explained_by = '' AND l.source_id <> ''
       AND l.fee_yen = 0 AND o.organisation_id = l.organisation_id
       AND (l.amount_yen = -o.amount_yen OR (l.amount_yen = o.amount_yen AND o.state = 'failed'))
) found
WHERE line.id = found.id
