"""kernel.sealing, as an organisation's Stripe secrets use it."""

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from donations.models import Organisation
from kernel.sealing import seal_secret, unseal_secret
from tests.donations.conftest import KEY, SECRET


def test_a_secret_opens_only_in_its_own_place() -> None:
    sealed = seal_secret("sk_test_1", context="a|key")

    assert unseal_secret(sealed, context="a|key") == "sk_test_1"
    with pytest.raises(InvalidTag):
        unseal_secret(sealed, context="b|key")


def test_an_altered_secret_does_not_open() -> None:
    sealed = bytearray(seal_secret("sk_test_1", context="a"))
    sealed[-1] ^= 1

    with pytest.raises(InvalidTag):
        unseal_secret(bytes(sealed), context="a")


def test_the_database_holds_no_secret_in_the_clear(organisation: Organisation) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT o::text FROM donations_organisation o")
        row = bytes(cursor.fetchone()[0], "utf-8")

    assert KEY.encode().hex().encode() not in row and SECRET.encode().hex().encode() not in row
    assert Organisation.objects.get().stripe_key == KEY
    assert Organisation.objects.get().webhook_secret == SECRET
