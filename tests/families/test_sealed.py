"""families.sealed: what is in the database tells nothing, cannot be moved, and is gone with its key."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from django.db import connection

from families.models import Application, Child, ChildKey
from families.sealed import Erased
from kernel.clock import now

pytestmark = pytest.mark.django_db


def raw(child: Child, column: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM families_child WHERE id = %s', [child.pk])
        return bytes(cursor.fetchone()[0])


def put_raw(child: Child, column: str, sealed: bytes) -> Child:
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE families_child SET "{column}" = %s WHERE id = %s', [sealed, child.pk])
    return Child.objects.get(pk=child.pk)


def test_names_come_back_letter_by_letter_and_stand_nowhere_in_clear(application: Application) -> None:
    child = Child.objects.get(pk=application.child_id)

    assert (child.name, child.kana, child.nickname) == ("髙﨑 𠮷邉", "タカサキ ヨシナベ", "よっしー")
    assert child.birth_date.isoformat() == "2011-04-02"
    for column, text in (("name", "髙﨑"), ("kana", "タカサキ"), ("nickname", "よっしー"), ("born", "2011")):
        assert text.encode() not in raw(child, column)


def test_sealing_twice_gives_two_texts(application: Application) -> None:
    child = application.child
    before = raw(child, "name")
    child.name = str(child.name)
    child.save()

    assert raw(child, "name") != before
    assert Child.objects.get(pk=child.pk).name == "髙﨑 𠮷邉"


def test_a_text_moved_to_another_child_does_not_open(application: Application, register) -> None:
    other = register(kana="ベツノ コ", name="別の子").child

    moved = put_raw(other, "name", raw(application.child, "name"))

    with pytest.raises(InvalidTag):
        _ = moved.name


def test_a_text_moved_to_another_column_does_not_open(application: Application) -> None:
    moved = put_raw(application.child, "nickname", raw(application.child, "name"))

    with pytest.raises(InvalidTag):
        _ = moved.nickname


def test_an_altered_text_does_not_open(application: Application) -> None:
    sealed = bytearray(raw(application.child, "name"))
    sealed[-1] ^= 1

    altered = put_raw(application.child, "name", bytes(sealed))

    with pytest.raises(InvalidTag):
        _ = altered.name


def test_nothing_opens_once_the_key_is_destroyed(application: Application) -> None:
    ChildKey.objects.filter(pk=application.child.key_id).update(wrapped=b"", destroyed_at=now())

    child = Child.objects.get(pk=application.child_id)

    for column in ("name", "kana", "nickname", "born"):
        with pytest.raises(Erased):
            getattr(child, column)


def test_a_wrapped_key_of_another_installation_does_not_open(application: Application, settings) -> None:
    settings.SEALING_KEY = b"another key of another house!!!!"

    with pytest.raises(InvalidUnwrap):
        _ = Child.objects.get(pk=application.child_id).name
