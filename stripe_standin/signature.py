"""The `Stripe-Signature` header: HMAC-SHA256 of time and raw body, as Stripe documents it."""

from __future__ import annotations

import hashlib
import hmac


def sign(body: bytes, *, secret: str, at: int) -> str:
    """Returns 't=<unix seconds>,v1=<hex>'. The secret is used as written, 'whsec_' included."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"
