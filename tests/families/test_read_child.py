"""families.read_child: who a child is, with one record for each look."""

from datetime import date
from typing import Any

import pytest

from audit.models import Record
from families.errors import ChildErased
from families.models import Application, Child, ChildKey
from families.read_child import read_child
from kernel.clock import now
from kernel.errors import NotAllowed
from programs.models import Membership

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["office", "city"])
def test_each_look_leaves_exactly_one_record_without_the_name(
    who: str, request: Any, application: Application
) -> None:
    actor: Membership = request.getfixturevalue(who)

    read = read_child(child=application.child, actor=actor)

    assert (read.name, read.kana, read.birth_date) == ("髙﨑 𠮷邉", "タカサキ ヨシナベ", date(2011, 4, 2))
    assert read.guardians == ["髙﨑 花子"]
    record = Record.objects.get(verb="child.read")
    assert (record.actor_id, record.subject) == (actor.pk, f"child:{application.child_id}")
    assert record.facts == {}


def test_a_stranger_may_not_and_reads_nothing(application: Application, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        read_child(child=application.child, actor=stranger)

    assert not Record.objects.filter(verb="child.read").exists()


def test_an_erased_child_is_said_to_be_erased(application: Application, office: Membership) -> None:
    ChildKey.objects.filter(pk=application.child.key_id).update(wrapped=b"", destroyed_at=now())

    with pytest.raises(ChildErased):
        read_child(child=Child.objects.get(), actor=office)

    assert not Record.objects.filter(verb="child.read").exists()
