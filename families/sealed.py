"""Sealed columns: AES-256-GCM with one key per person, wrapped by the installation's key.

A value is bound to its program, table, column and key, so that ciphertext moved to another row,
column or program does not open. Destroying the key makes every copy unreadable, backups included.
"""

import os
from typing import Any, Self, overload

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.conf import settings
from django.db import models

NONCE_BYTES = 12
VERSION = b"\x01"


class Erased(ValueError):
    """The key of this person was destroyed; nothing can be read any more."""


def new_wrapped_key() -> bytes:
    """A fresh 256-bit key, wrapped (RFC 3394) by SEALING_KEY."""
    return aes_key_wrap(settings.SEALING_KEY, AESGCM.generate_key(256))


def _open_key(key: Any) -> bytes:
    if key.destroyed_at is not None or not key.wrapped:
        raise Erased
    return aes_key_unwrap(settings.SEALING_KEY, bytes(key.wrapped))


def seal(text: str, *, key: Any, binding: str) -> bytes:
    """Encrypt `text` with a ChildKey. `binding` names where it stands and must be the same to open it."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(_open_key(key)).encrypt(nonce, text.encode(), binding.encode())


def unseal(sealed: bytes, *, key: Any, binding: str) -> str:
    """Decrypt. Raises Erased, or cryptography's InvalidTag for a value that was moved or altered."""
    sealed = bytes(sealed)
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    return AESGCM(_open_key(key)).decrypt(nonce, body, binding.encode()).decode()


class Sealed(models.BinaryField):
    """A text column that is stored sealed. Its model has a `key` to a ChildKey, set before the text.

    `child.name = "..."` seals at once; reading opens. In the database there is only ciphertext;
    queries cannot filter by it.
    """

    # How django-stubs is told what one reads and sets; the column itself holds bytes.
    _pyi_private_get_type: str  # type: ignore[assignment]
    _pyi_private_set_type: str

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, SealedText(self))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return model_instance.__dict__.get(self.attname, b"")


class SealedText:
    """The attribute through which a sealed column is read and set."""

    def __init__(self, field: Sealed) -> None:
        self.field = field

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: models.Model, owner: Any) -> str: ...
    def __get__(self, instance: models.Model | None, owner: Any) -> Self | str:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__ and instance.pk:
            instance.refresh_from_db(fields=[self.field.attname])  # it was deferred
        sealed = instance.__dict__.get(self.field.attname, b"")
        return unseal(sealed, key=instance.key, binding=self._binding(instance)) if sealed else ""  # type: ignore[attr-defined]

    def __set__(self, instance: models.Model, value: Any) -> None:
        if isinstance(value, str):
            value = seal(value, key=instance.key, binding=self._binding(instance)) if value else b""  # type: ignore[attr-defined]
        instance.__dict__[self.field.attname] = bytes(value)  # Django asks there what was loaded

    def _binding(self, instance: models.Model) -> str:
        # The key is one person's, so binding to it binds to the person.
        return f"{instance.key.program_id}|{instance._meta.db_table}|{self.field.name}|{instance.key_id}"  # type: ignore[attr-defined]
