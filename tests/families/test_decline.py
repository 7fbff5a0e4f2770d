"""families.decline: once, by office or city; why is written nowhere."""

from typing import Any

import pytest

from audit.models import Record
from families.approve import approve
from families.decline import decline
from families.errors import AlreadyDecided
from families.models import Application
from kernel.errors import NotAllowed
from outbox.models import Message
from programs.models import Membership
from programs.scoping import acting_in
from tests.conftest import member

pytestmark = pytest.mark.django_db


def test_decline_decides_records_and_tells(application: Application, city: Membership) -> None:
    decline(application=application, actor=city)

    application.refresh_from_db()
    assert (application.state, application.decided_by) == (Application.State.DECLINED, city)
    record = Record.objects.get(verb="application.declined")
    assert (record.subject, record.facts) == (f"application:{application.pk}", {})
    assert Message.objects.get().topic == "application_declined"


@pytest.mark.parametrize("first", [approve, decline])
def test_what_was_decided_stays(first: Any, application: Application, office: Membership) -> None:
    first(application=application, actor=office)

    with pytest.raises(AlreadyDecided):
        decline(application=application, actor=office)

    assert Message.objects.count() == 1


def test_a_stranger_may_not(application: Application, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        decline(application=application, actor=stranger)

    assert not Message.objects.exists()


def test_another_program_does_not_find_it(application: Application, other_program: Any) -> None:
    with acting_in(other_program.pk), pytest.raises(Application.DoesNotExist):
        decline(application=application, actor=member(other_program, "office"))
