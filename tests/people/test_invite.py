"""people/invite.py and the mail that carries the link."""

from datetime import timedelta

import pytest
from django.core import mail

from audit.models import Record
from kernel.clock import now
from kernel.errors import NotAllowed
from outbox.deliver import deliver
from outbox.models import Message
from people.errors import AlreadyMember
from people.invite import hash_of, invite, token_of
from programs.models import Invitation, Role
from programs.scoping import acting_in
from tests.conftest import member


def test_invite_keeps_a_hash_and_the_mail_carries_the_key(program, office):
    invitation = invite(email=" New@City.example ", role=Role.CITY, actor=office)
    message = Message.objects.get(topic="invitation")
    token = token_of(program.pk, invitation.pk)

    assert deliver(program.pk, message.pk)

    assert invitation.email == "new@city.example"
    assert invitation.expires_at == now() + timedelta(days=7)
    assert len(token) == 43  # 256 bits in base64
    assert Invitation.objects.get().token_hash == hash_of(token) != token
    assert token not in f"{message.facts} {message.about}"
    assert token not in str(list(Record.objects.values()))
    assert Record.objects.get(verb="invitation.sent").actor_id == office.pk
    (sent,) = mail.outbox
    assert sent.to == ["new@city.example"]
    assert f"/shibuya/invitation/{token}/" in sent.body
    assert sent.subject == "ご招待のお知らせ"


def test_invite_again_replaces_the_first_link(program, office):
    first = invite(email="a@b.example", role=Role.CITY, actor=office)
    second = invite(email="A@b.example", role=Role.CITY, actor=office)

    first.refresh_from_db()
    assert first.expires_at <= now() < second.expires_at
    deliver(program.pk, Message.objects.order_by("id").first().pk)
    assert mail.outbox == []  # a replaced link is not mailed any more


def test_invite_refuses_a_member_and_writes_nothing(program, office, city):
    with pytest.raises(AlreadyMember):
        invite(email=city.user.email.upper(), role=Role.CITY, actor=office)
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_invite_is_for_the_secretariat(program, role):
    with pytest.raises(NotAllowed):
        invite(email="a@b.example", role=Role.OFFICE, actor=member(program, role))
    assert not Invitation.objects.exists()


def test_an_unknown_kind_of_tie_is_a_mistake_of_ours(program, office):
    with pytest.raises(RuntimeError, match="invitation_accepted_nonsense"):
        invite(email="a@b.example", role=Role.CITY, actor=office, about={"kind": "nonsense"})


def test_another_program_does_not_see_the_invitation(program, other_program, office):
    invitation = invite(email="a@b.example", role=Role.CITY, actor=office)
    with acting_in(other_program.pk):
        assert not Invitation.objects.filter(pk=invitation.pk).exists()


def test_two_programs_and_two_invitations_have_different_keys():
    assert len({token_of(1, 1), token_of(1, 2), token_of(2, 1)}) == 3
