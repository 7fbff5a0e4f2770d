"""families.approve: once, by office or city, and the family is told."""

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


@pytest.mark.parametrize("who", ["office", "city"])
def test_approve_decides_records_and_tells(who: str, request: Any, application: Application) -> None:
    actor: Membership = request.getfixturevalue(who)

    approved = approve(application=application, actor=actor)

    application.refresh_from_db()
    assert (application.state, application.decided_by) == (Application.State.APPROVED, actor)
    assert application.decided_at is not None
    assert approved.pk == application.pk
    subject = f"application:{application.pk}"
    assert Record.objects.get(verb="application.approved").subject == subject
    assert Message.objects.get(topic="application_approved").about == subject


@pytest.mark.parametrize("first", [approve, decline])
def test_what_was_decided_stays(first: Any, application: Application, office: Membership) -> None:
    first(application=application, actor=office)
    before = (Record.objects.count(), Message.objects.count())

    with pytest.raises(AlreadyDecided):
        approve(application=application, actor=office)  # the caller's object still says "applied"

    assert (Record.objects.count(), Message.objects.count()) == before


def test_a_stranger_may_not(application: Application, stranger: Membership) -> None:
    with pytest.raises(NotAllowed):
        approve(application=application, actor=stranger)

    application.refresh_from_db()
    assert application.state == Application.State.APPLIED


def test_another_program_does_not_find_it(application: Application, other_program: Any) -> None:
    with acting_in(other_program.pk), pytest.raises(Application.DoesNotExist):
        approve(application=application, actor=member(other_program, "office"))
