"""people/deactivate.py."""

import pytest

from kernel.errors import NotAllowed
from people.deactivate import deactivate
from people.errors import NotYourself
from people.invite import invite, open_invitations
from programs.models import Membership, Role
from programs.scoping import acting_in
from tests.conftest import member


def test_deactivate_ends_the_role_once_and_its_open_invitations(program, office, city):
    Membership.objects.filter(pk=city.pk).update(is_active=False)
    invite(email=city.user.email, role=Role.CITY, actor=office)
    Membership.objects.filter(pk=city.pk).update(is_active=True)

    first = deactivate(membership_id=city.pk, actor=office)
    second = deactivate(membership_id=city.pk, actor=office)

    assert not first.is_active and not second.is_active
    assert not open_invitations(email=city.user.email).exists()


def test_nobody_ends_their_own_role(program, office):
    with pytest.raises(NotYourself):
        deactivate(membership_id=office.pk, actor=office)
    assert Membership.objects.get(pk=office.pk).is_active


def test_only_the_secretariat_ends_roles(program, office, city):
    with pytest.raises(NotAllowed):
        deactivate(membership_id=office.pk, actor=city)
    assert Membership.objects.get(pk=office.pk).is_active


def test_a_member_of_another_program_is_missing(program, other_program, office):
    theirs = member(other_program, Role.CITY)
    with pytest.raises(Membership.DoesNotExist):
        deactivate(membership_id=theirs.pk, actor=office)
    with acting_in(other_program.pk):
        assert Membership.objects.get(pk=theirs.pk).is_active
