"""families.tell and families.notices: each guardian in their own language, neutral subjects."""

from typing import Any

import pytest
from django.core import mail

from families.approve import approve
from families.decline import decline
from families.models import Application, Guardian
from families.queries import guardians_to_tell
from outbox.deliver import deliver
from outbox.models import Message
from programs.models import Membership, Program, Role
from tests.conftest import member
from tests.families.screens import words_of_need_in

pytestmark = pytest.mark.django_db


def tie(program: Program, guardian: Guardian, email: str, language: str = "ja") -> Membership:
    """A sign-in for a guardian, as after an accepted invitation."""
    made = member(program, Role.GUARDIAN, email)
    made.user.language = language
    made.user.save()
    Guardian.objects.filter(pk=guardian.pk).update(membership=made)
    return made


@pytest.mark.parametrize("verb", [approve, decline])
def test_every_guardian_is_told_once_in_their_language(
    verb: Any, program: Program, application: Application, office: Membership
) -> None:
    father = Guardian(household=application.child.household, key=Guardian.objects.get().key)
    father.name = "髙﨑 一郎"
    father.save()
    tie(program, Guardian.objects.first(), "haha@example.org")
    tie(program, father, "dad@example.org", "en")
    verb(application=application, actor=office)
    message = Message.objects.get()

    assert deliver(program.pk, message.pk)
    assert not deliver(program.pk, message.pk)

    assert [sent.to for sent in mail.outbox] == [["haha@example.org"], ["dad@example.org"]]
    ja, en = mail.outbox
    assert (ja.subject, en.subject) == ("お申し込みについてのお知らせ", "Notice about your application")
    assert "ご家庭のページ" in ja.body
    assert "application" in en.body
    for sent in mail.outbox:
        assert "/shibuya/family/" in sent.body
        assert words_of_need_in(sent.subject + sent.body) == []
        for name in ("髙﨑", "タカサキ", "よっしー"):
            assert name not in sent.subject + sent.body


def test_a_family_without_a_sign_in_is_done_quietly(
    program: Program, application: Application, office: Membership
) -> None:
    approve(application=application, actor=office)

    assert deliver(program.pk, Message.objects.get().pk)

    assert mail.outbox == []


def test_who_was_let_go_is_not_written_to(
    program: Program, application: Application, office: Membership
) -> None:
    gone = tie(program, Guardian.objects.get(), "haha@example.org")
    Membership.objects.filter(pk=gone.pk).update(is_active=False)
    approve(application=application, actor=office)

    assert deliver(program.pk, Message.objects.get().pk)

    assert mail.outbox == []
    assert not guardians_to_tell(application.child.household_id).exists()
