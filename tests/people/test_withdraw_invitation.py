"""people/withdraw_invitation.py."""

import pytest

from audit.models import Record
from kernel.clock import now
from kernel.errors import NotAllowed
from people.accept_invitation import accept_invitation
from people.approve_invitation import approve_invitation
from people.errors import InvitationAccepted, InvitationOver
from people.invite import invite, open_invitations, token_of
from people.withdraw_invitation import withdraw_invitation
from programs.models import Invitation, Membership, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.donations.by_hand import second_person
from tests.metrics.conftest import signed_in

PASSWORD = "drei kleine Katzen im Schnee"


def test_it_closes_the_link_once_also_a_colleagues(program, office):
    sent = invite(email="a@city.example", role=Role.CITY, actor=office)
    for _ in range(2):
        withdraw_invitation(invitation_id=sent.pk, actor=second_person(program))
    assert Record.objects.filter(verb="invitation.withdrawn").count() == 1
    with pytest.raises(InvitationOver):
        accept_invitation(token=token_of(program.pk, sent.pk), password=PASSWORD)


def test_what_was_withdrawn_cannot_be_approved(program, office):
    sent = invite(email="a@office.example", role=Role.OFFICE, actor=office)
    withdraw_invitation(invitation_id=sent.pk, actor=office)
    with pytest.raises(InvitationOver):
        approve_invitation(invitation_id=sent.pk, actor=second_person(program))


def test_who_has_joined_stays(program, office):
    sent = invite(email="a@city.example", role=Role.CITY, actor=office)
    accept_invitation(token=token_of(program.pk, sent.pk), password=PASSWORD)
    with pytest.raises(InvitationAccepted):
        withdraw_invitation(invitation_id=sent.pk, actor=office)
    assert Invitation.objects.get().expires_at > now()
    assert Membership.objects.get(role=Role.CITY).is_active


def test_a_stranger_may_not(program, office, city):
    sent = invite(email="a@city.example", role=Role.CITY, actor=office)
    with pytest.raises(NotAllowed):
        withdraw_invitation(invitation_id=sent.pk, actor=city)
    assert open_invitations().exists()


def test_another_program_has_none(program, office, other_program):
    sent = invite(email="a@city.example", role=Role.CITY, actor=office)
    theirs = member(other_program, Role.OFFICE)
    with acting_in(other_program.pk), pytest.raises(Invitation.DoesNotExist):
        withdraw_invitation(invitation_id=sent.pk, actor=theirs)
    assert open_invitations().exists()


def test_the_page_withdraws_and_says_so(office):
    sent = invite(email="a@city.example", role=Role.CITY, actor=office)
    address = f"/shibuya/office/people/invitations/{sent.pk}/withdraw/"
    done = signed_in(office).post(address, follow=True).content.decode()
    assert "a@city.example への招待を取り下げました" in done
    assert not open_invitations().exists()
