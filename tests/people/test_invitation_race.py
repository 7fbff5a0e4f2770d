"""Two of the secretariat decide about one invitation at the same instant. With the lock taken out too."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from outbox.models import Message
from people import accept_invitation as accepting
from people import approve_invitation as approving
from people import withdraw_invitation as withdrawing
from people.accept_invitation import accept_invitation
from people.approve_invitation import approve_invitation
from people.errors import InvitationAccepted, InvitationOver
from people.invite import invite, token_of
from people.withdraw_invitation import withdraw_invitation
from programs.models import Invitation, Membership, Program, Role
from programs.scoping import ScopedQuerySet, acting_in
from tests.conftest import member
from tests.coupons.racing import Crowd

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Stage:
    """An invitation that waits, and two who did not make it."""

    program: Program
    invitation: Invitation
    others: list[Membership]

    def go(self, *acts: Callable[..., Any]) -> list[Any]:
        with Crowd(2, self.program.pk) as crowd:
            return crowd.go(
                [
                    lambda act=act, one=one: act(invitation_id=self.invitation.pk, actor=one)
                    for act, one in zip(acts, self.others, strict=True)
                ]
            )

    def mails(self) -> int:
        with acting_in(self.program.pk):
            return int(Message.objects.filter(topic="invitation").count())


@pytest.fixture
def stage(two_programs: tuple[Program, Program], monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Who has looked waits a moment for the other to have looked; with the lock they never meet."""
    program = two_programs[0]
    with acting_in(program.pk):
        first, *others = (member(program, Role.OFFICE, f"office{n}@shibuya.example") for n in range(3))
        waiting = invite(email="new@office.example", role=Role.OFFICE, actor=first)
    barrier = Barrier(2, timeout=1.5)
    for module in (approving, withdrawing, accepting):
        real = module.now

        def met(real: Callable[[], Any] = real) -> Any:
            with suppress(BrokenBarrierError):
                barrier.wait()
            return real()

        monkeypatch.setattr(module, "now", met)
    return Stage(program, waiting, others)


def test_approved_by_two_is_mailed_once(stage: Stage) -> None:
    answers = stage.go(approve_invitation, approve_invitation)

    assert [type(one).__name__ for one in answers] == ["Invitation"] * 2
    assert stage.mails() == 1 and answers[0].approved_by_id == answers[1].approved_by_id


def test_withdrawn_while_approved_opens_nothing(stage: Stage) -> None:
    stage.go(withdraw_invitation, approve_invitation)

    with acting_in(stage.program.pk):
        kept = Invitation.objects.get()
        assert kept.expires_at <= withdrawing.now()


def test_joined_or_withdrawn_and_never_both(stage: Stage) -> None:
    with acting_in(stage.program.pk):
        token = token_of(stage.program.pk, stage.invitation.pk)
        approve_invitation(invitation_id=stage.invitation.pk, actor=stage.others[0])

    def join(**_who: Any) -> Membership:
        return accept_invitation(token=token, password="drei kleine Katzen im Schnee")

    answers = stage.go(withdraw_invitation, join)

    assert sum(isinstance(one, InvitationAccepted | InvitationOver) for one in answers) == 1


def test_without_the_lock_two_would_mail_it_twice(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScopedQuerySet, "select_for_update", lambda self, **_: self)
    stage.go(approve_invitation, approve_invitation)

    assert stage.mails() == 2
