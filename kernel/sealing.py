"""Seal the installation's own secrets, such as an organisation's Stripe keys, for a database column.

AES-256-GCM with a key derived from SEALING_KEY for this purpose alone (HKDF), so that it is never the
key that wraps children's keys. A value opens only with the context it was sealed for: moved to another
row or program it does not open.
"""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"study-coupon installation secrets v1"
NONCE_BYTES = 12
VERSION = b"\x01"


def _cipher() -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(settings.SEALING_KEY)
    return AESGCM(key)


def seal_secret(text: str, *, context: str) -> bytes:
    """Encrypt `text`. `context` names where it will stand and must be the same to open it."""
    return seal_bytes(text.encode(), context=context)


def seal_bytes(data: bytes, *, context: str) -> bytes:
    """The same for bytes, such as a paper that carries a name."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + _cipher().encrypt(nonce, data, context.encode())


def unseal_secret(sealed: bytes | memoryview, *, context: str) -> str:
    """Decrypt. Raises cryptography's InvalidTag for a value that was moved or altered."""
    return unseal_bytes(sealed, context=context).decode()


def unseal_bytes(sealed: bytes | memoryview, *, context: str) -> bytes:
    """The same for bytes."""
    sealed = bytes(sealed)
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    return _cipher().decrypt(nonce, body, context.encode())
