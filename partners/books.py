"""What the partners' floor adds to verify_books: uses point to its own places."""

MORE = [
    """
    SELECT 'redemption ' || r.id || ': its place, school or device do not belong together'
    FROM coupons_redemption r
    LEFT JOIN partners_classroom c ON c.id = r.place_id
    LEFT JOIN partners_provider p ON p.id = c.provider_id
    LEFT JOIN partners_device d ON d.id = r.device_id
    WHERE p.payable_id IS DISTINCT FROM r.payee_id
       OR (r.device_id IS NOT NULL AND d.classroom_id IS DISTINCT FROM r.place_id)
    """
]
