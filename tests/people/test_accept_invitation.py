"""people/accept_invitation.py, and the page behind the link."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from outbox.deliver import deliver
from outbox.models import Message
from partners.models import ClassroomStaff
from people.accept_invitation import accept_invitation
from people.errors import AccountClosed, InvitationOver, PasswordMissing
from people.invite import invite, token_of
from programs.models import Invitation, Membership, Role, User
from programs.scoping import acting_in
from tests.conftest import member

PASSWORD = "drei kleine Katzen im Schnee"


def link(program, office, role=Role.CITY, email="new@person.example", **more):
    invitation = invite(email=email, role=role, actor=office, **more)
    return token_of(program.pk, invitation.pk)


def test_accept_makes_the_account_and_the_membership(program, office):
    made = accept_invitation(token=link(program, office), name="山田", password=PASSWORD)

    assert (made.role, made.is_active, made.user.name) == (Role.CITY, True, "山田")
    assert made.user.check_password(PASSWORD)
    assert Invitation.objects.get().accepted_by == made.user


def test_a_family_gets_no_password(program, office):
    made = accept_invitation(token=link(program, office, Role.GUARDIAN))
    assert not made.user.has_usable_password()


def test_accept_works_once(program, office):
    token = link(program, office)
    accept_invitation(token=token, password=PASSWORD)
    with pytest.raises(InvitationOver):
        accept_invitation(token=token, password=PASSWORD)
    assert Membership.objects.filter(role=Role.CITY).count() == 1


@pytest.mark.parametrize("way", ["unknown", "late", "replaced"])
def test_accept_refuses_and_writes_nothing(program, office, way):
    token = link(program, office)
    if way == "replaced":
        link(program, office)
    tried = ("y" if token[0] == "x" else "x") + token[1:] if way == "unknown" else token
    later = timezone.now() + timedelta(days=7 if way == "late" else 0)
    with time_machine.travel(later, tick=False), pytest.raises(InvitationOver):
        accept_invitation(token=tried, password=PASSWORD)
    assert not User.objects.filter(email="new@person.example").exists()


def test_staff_without_a_password_are_refused(program, office):
    with pytest.raises(PasswordMissing):
        accept_invitation(token=link(program, office))
    assert not Membership.objects.filter(role=Role.CITY).exists()


def test_the_link_never_changes_a_password_or_name_that_exists(program, office):
    user = User.objects.create_user("known@person.example", PASSWORD, name="佐藤")

    accept_invitation(token=link(program, office, email=user.email), name="X", password="another " + PASSWORD)

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert user.name == "佐藤"


def test_a_closed_account_stays_closed(program, office):
    User.objects.create_user("shut@person.example", PASSWORD, is_active=False)
    with pytest.raises(AccountClosed):
        accept_invitation(token=link(program, office, email="shut@person.example"), password=PASSWORD)
    assert not Membership.objects.filter(role=Role.CITY).exists()


def test_the_key_of_one_program_does_not_open_another(program, other_program, office):
    token = link(program, office)
    with acting_in(other_program.pk), pytest.raises(InvitationOver):
        accept_invitation(token=token, password=PASSWORD)


def test_an_ended_role_comes_back_with_a_new_invitation(program, office):
    ended = member(program, Role.CITY, "new@person.example")
    Membership.objects.filter(pk=ended.pk).update(is_active=False)
    made = accept_invitation(token=link(program, office), password=PASSWORD)
    assert made.pk == ended.pk
    assert made.is_active


def test_counter_staff_are_tied_to_their_classroom(program, office, school):
    about = {"kind": "classroom_staff", "classroom_id": school.pk}
    made = accept_invitation(token=link(program, office, Role.COUNTER, about=about), password=PASSWORD)
    message = Message.objects.get(topic="invitation_accepted_classroom_staff")

    assert deliver(program.pk, message.pk)

    assert ClassroomStaff.objects.get().membership_id == made.pk


def page(client, program, token, **posted):
    address = f"/{program.slug}/invitation/{token}/"
    return client.post(address, posted) if posted else client.get(address)


def test_the_page_asks_staff_for_a_password_and_signs_them_in(program, office):
    client, token = Client(), link(program, office)
    drawn = page(client, program, token)
    assert drawn.status_code == 200
    assert "no-store" in drawn["Cache-Control"]
    assert b'name="password"' in drawn.content

    short = page(client, program, token, name="山田", password="short", repeated="short")
    unequal = page(client, program, token, name="山田", password=PASSWORD, repeated=PASSWORD + "x")
    joined = page(client, program, token, name="山田", password=PASSWORD, repeated=PASSWORD)

    assert (short.status_code, unequal.status_code) == (422, 422)
    assert joined["Location"] == "/start/"
    assert client.get("/start/")["Location"] == "/shibuya/city/"
    assert client.get("/shibuya/city/")["Location"] == "/second-factor/"
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    assert page(client, program, token).status_code == 410


def test_the_page_of_a_family_has_one_button(program, office):
    client, token = Client(), link(program, office, Role.GUARDIAN)
    assert b'name="password"' not in page(client, program, token).content
    assert client.post(f"/{program.slug}/invitation/{token}/")["Location"] == "/start/"
    assert client.get("/start/")["Location"] == "/shibuya/family/"


def test_a_wrong_link_is_answered_in_words(program):
    drawn = page(Client(), program, "x" * 43)
    assert drawn.status_code == 410
    assert "この招待は終わりました" in drawn.content.decode()
