"""people/approve_invitation.py and its command: nobody lets a colleague of their own into the secretariat."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client

from audit.models import Record
from collective.desk import desk
from kernel.clock import now
from kernel.errors import NotAllowed
from outbox.deliver import deliver
from outbox.models import Message
from people.accept_invitation import accept_invitation
from people.approve_invitation import approve_as_operator, approve_invitation
from people.deactivate import deactivate
from people.errors import InvitationOver, InvitedByYou
from people.invite import invite, token_of
from programs.models import Invitation, Membership, Role
from programs.scoping import acting_in
from tests.conftest import FROZEN, member
from tests.donations.by_hand import second_person
from tests.metrics.conftest import signed_in

PASSWORD = "drei kleine Katzen im Schnee"
ADDRESS = "new@office.example"


@pytest.fixture
def waiting(office):
    return invite(email=ADDRESS, role=Role.OFFICE, actor=office)


@pytest.fixture
def colleague(program):
    return second_person(program)


def accept(invitation):
    return accept_invitation(token=token_of(invitation.program_id, invitation.pk), password=PASSWORD)


def colleagues_named(address):
    return Membership.objects.filter(user__email=address, role=Role.OFFICE, is_active=True)


def unchanged(waiting):
    now_so = Invitation.objects.get(pk=waiting.pk)
    return now_so.waits_for_second_person and not Message.objects.exists()


def test_nothing_is_mailed_before_a_second_person_approved(waiting, colleague):
    assert not Message.objects.exists()
    with time_machine.travel(FROZEN + timedelta(days=3), tick=False):
        approved = approve_invitation(invitation_id=waiting.pk, actor=colleague)
        assert (approved.approved_by_id, approved.approved_at) == (colleague.pk, now())
        assert approved.expires_at == now() + timedelta(days=7)
        assert deliver(waiting.program_id, Message.objects.get(topic="invitation").pk)
    (sent,) = mail.outbox
    assert sent.to == [ADDRESS] and token_of(waiting.program_id, waiting.pk) in sent.body
    assert Record.objects.get(verb="invitation.approved").actor_id == colleague.pk
    assert accept(waiting).role == Role.OFFICE


def test_who_invited_cannot_approve(waiting, office):
    with pytest.raises(InvitedByYou):
        approve_invitation(invitation_id=waiting.pk, actor=office)
    assert unchanged(waiting)


def test_the_database_refuses_the_same_person(waiting):
    with pytest.raises(IntegrityError, match="invitation_second_person"), transaction.atomic():
        Invitation.objects.filter(pk=waiting.pk).update(approved_at=now(), approved_by=F("invited_by"))


def test_the_database_refuses_joining_without_approval(waiting, office):
    with pytest.raises(IntegrityError, match="invitation_accepted_when_approved"), transaction.atomic():
        Invitation.objects.filter(pk=waiting.pk).update(accepted_at=now(), accepted_by=office.user)


@pytest.mark.parametrize("half", [{"approved_at": FROZEN}, {"operator": "someone"}])
def test_the_database_wants_to_know_who_approved(waiting, half):
    with pytest.raises(IntegrityError, match="invitation_approved_by_one"), transaction.atomic():
        Invitation.objects.filter(pk=waiting.pk).update(**half)


def test_an_unapproved_link_opens_nothing(waiting):
    """The link is made from the server's key, so that it exists before it is mailed."""
    with pytest.raises(InvitationOver):
        accept(waiting)
    page = Client().get(f"/shibuya/invitation/{token_of(waiting.program_id, waiting.pk)}/")
    assert page.status_code == 410
    assert not colleagues_named(ADDRESS).exists()


def test_a_message_that_comes_too_early_mails_nothing(waiting):
    early = Message.objects.create(
        topic="invitation", about=f"invitation:{waiting.pk}", facts={"invitation_id": waiting.pk}
    )
    assert deliver(waiting.program_id, early.pk)
    assert mail.outbox == []


def test_a_repeat_is_one(waiting, colleague):
    for _ in range(2):
        approve_invitation(invitation_id=waiting.pk, actor=colleague)
    third = member(waiting.program, Role.OFFICE, "third@shibuya.example")
    assert approve_invitation(invitation_id=waiting.pk, actor=third).approved_by_id == colleague.pk
    assert Message.objects.filter(topic="invitation").count() == 1
    assert Record.objects.filter(verb="invitation.approved").count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_a_stranger_may_not(waiting, program, role):
    with pytest.raises(NotAllowed):
        approve_invitation(invitation_id=waiting.pk, actor=member(program, role))
    assert unchanged(waiting)


def test_whose_role_has_ended_may_not(waiting, colleague, office):
    deactivate(membership_id=colleague.pk, actor=office)
    colleague.refresh_from_db()
    with pytest.raises(NotAllowed):
        approve_invitation(invitation_id=waiting.pk, actor=colleague)
    assert unchanged(waiting)


@pytest.mark.parametrize("way", ["late", "replaced"])
def test_what_is_over_cannot_be_approved(waiting, colleague, office, way):
    if way == "replaced":
        invite(email=ADDRESS, role=Role.OFFICE, actor=office)
    later = FROZEN + timedelta(days=7 if way == "late" else 0)
    with time_machine.travel(later, tick=False), pytest.raises(InvitationOver):
        approve_invitation(invitation_id=waiting.pk, actor=colleague)
    assert unchanged(waiting)


def test_an_invitation_sent_anew_needs_approval_anew(waiting, colleague, office):
    approve_invitation(invitation_id=waiting.pk, actor=colleague)
    again = invite(email=ADDRESS, role=Role.OFFICE, actor=office)
    for one in (waiting, again):
        with pytest.raises(InvitationOver):
            accept(one)


def test_an_ended_role_does_not_come_back_alone(office, colleague):
    """A second address of one's own that once was in the secretariat."""
    deactivate(membership_id=colleague.pk, actor=office)
    again = invite(email=colleague.user.email, role=Role.OFFICE, actor=office)
    with pytest.raises(InvitationOver):
        accept(again)
    assert not colleagues_named(colleague.user.email).exists()


def test_other_roles_need_no_approval_and_have_none(program, office, colleague):
    sent = invite(email="new@city.example", role=Role.CITY, actor=office)
    assert Message.objects.filter(topic="invitation").count() == 1
    with pytest.raises(Invitation.DoesNotExist):
        approve_invitation(invitation_id=sent.pk, actor=colleague)


def test_another_program_sees_404(waiting, other_program):
    theirs = member(other_program, Role.OFFICE)
    with acting_in(other_program.pk), pytest.raises(Invitation.DoesNotExist):
        approve_invitation(invitation_id=waiting.pk, actor=theirs)
    for act in ("approve", "withdraw"):
        address = f"/{other_program.slug}/office/people/invitations/{waiting.pk}/{act}/"
        assert signed_in(theirs).post(address).status_code == 404
    assert unchanged(waiting)


def test_alone_in_the_secretariat_the_operator_approves_and_the_trail_says_who(waiting, program):
    said = StringIO()
    call_command("approve_invitation", program.slug, ADDRESS.upper(), "--operator", "田中", stdout=said)

    approved = Invitation.objects.get()
    assert (approved.approved_by_id, approved.operator, approved.approved_at) == (None, "田中", now())
    line = Record.objects.get(verb="invitation.approved")
    assert (line.actor_id, line.facts) == (None, {"operator": "田中"})
    assert ADDRESS in said.getvalue() and "office@shibuya.example" in said.getvalue()
    assert accept(waiting).role == Role.OFFICE


def test_the_operator_repeated_is_one(waiting):
    for name in ("田中", "佐藤"):
        approve_as_operator(invitation_id=waiting.pk, operator=name)
    assert Invitation.objects.get().operator == "田中"
    assert Message.objects.filter(topic="invitation").count() == 1


@pytest.mark.parametrize(
    "wrong", [("nowhere", ADDRESS, "田中"), ("shibuya", "x@y.example", "田中"), ("shibuya", ADDRESS, " ")]
)
def test_the_command_refuses_in_words(waiting, wrong):
    slug, address, operator = wrong
    with pytest.raises(CommandError):
        call_command("approve_invitation", slug, address, "--operator", operator)
    assert unchanged(waiting)


def test_the_pages_say_who_has_to_approve(office, program):
    first = signed_in(office)
    posted = {"email": ADDRESS, "role": "office", "place": ""}
    alone = first.post("/shibuya/office/people/", posted, follow=True).content.decode()
    assert "このサービスを運用している担当者に承認を頼んでください" in alone

    second = signed_in(second_person(program))
    waits = first.post("/shibuya/office/people/", posted, follow=True).content.decode()
    assert "事務局のほかの人が承認すると、送られます" in waits and "承認して送る" not in waits
    assert any("事務局への招待が、ほかの人の承認を待っています" in str(one.words) for one in desk().queue)
    assert "承認して送る" in second.get("/shibuya/office/people/").content.decode()

    pk = Invitation.objects.order_by("id").last().pk
    own = first.post(f"/shibuya/office/people/invitations/{pk}/approve/", follow=True).content.decode()
    assert "自分で招待した人です" in own
    done = second.post(f"/shibuya/office/people/invitations/{pk}/approve/", follow=True).content.decode()
    assert f"{ADDRESS} あてに招待を送ります" in done
    assert not any("承認を待っています" in str(one.words) for one in desk().queue)


def test_who_is_ended_leaves_no_link_into_the_secretariat(waiting, office, colleague, program):
    third = member(program, Role.OFFICE, "third@office.example")
    approved = approve_invitation(invitation_id=waiting.pk, actor=colleague)
    other = invite(email="school@office.example", role=Role.CITY, actor=office)

    deactivate(membership_id=office.pk, actor=third)

    with pytest.raises(InvitationOver):
        accept(approved)
    assert not colleagues_named(ADDRESS).exists()
    assert accept(other).role == Role.CITY  # who came by them to another role still comes


def test_what_an_ended_colleague_approved_opens_nothing_and_what_they_did_not_touch_does(
    waiting, office, colleague, program
):
    third = member(program, Role.OFFICE, "third@office.example")
    approve_invitation(invitation_id=waiting.pk, actor=colleague)
    kept = invite(email="kept@office.example", role=Role.OFFICE, actor=office)
    approve_invitation(invitation_id=kept.pk, actor=third)

    deactivate(membership_id=colleague.pk, actor=third)

    with pytest.raises(InvitationOver):
        accept(waiting)
    assert accept(kept).role == Role.OFFICE


def test_an_invitation_of_someone_who_was_ended_meanwhile_is_not_approved(waiting, office, colleague):
    Membership.objects.filter(pk=office.pk).update(is_active=False)  # as two at once would leave it
    with pytest.raises(InvitationOver):
        approve_invitation(invitation_id=waiting.pk, actor=colleague)
    with pytest.raises(InvitationOver):
        approve_as_operator(invitation_id=waiting.pk, operator="佐藤")
    assert unchanged(waiting)
