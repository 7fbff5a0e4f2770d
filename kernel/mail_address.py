"""E-mail addresses where they must be told apart but not read: a key and a mask."""

import hashlib
import hmac
import re

from django.conf import settings

ADDRESS = re.compile(r"[^\s<>\"'{}():,]+@[^\s<>\"'{}():,]+")


def address_key(email: str, *, program_id: int) -> bytes:
    """32 bytes that are equal for equal addresses within one program, and tell nothing else.

    The key is derived from SEALING_KEY for this use and program, so that two programs cannot be compared.
    """
    key = hmac.digest(settings.SEALING_KEY, f"keys of mail addresses|{program_id}".encode(), hashlib.sha256)
    return hmac.digest(key, email.strip().lower().encode(), hashlib.sha256)


def masked(email: str) -> str:
    """'hanako@example.jp' -> 'h•••@example.jp': enough to tell two apart in a list."""
    name, _at, host = email.strip().lower().rpartition("@")
    return f"{name[:1]}•••@{host}" if name and host else ""
