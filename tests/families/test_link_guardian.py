"""families.link_guardian: only who accepted the invitation made out for this guardian."""

from datetime import timedelta
from typing import Any

import pytest

from audit.models import Record
from families.errors import GuardianTaken
from families.link_guardian import link_guardian
from families.models import Application, Guardian
from families.queries import children_of
from kernel.clock import now
from kernel.errors import NotAllowed
from programs.models import Invitation, Membership, Program, Role
from tests.conftest import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def mother(program: Program) -> Membership:
    """Someone who has become a guardian in this program."""
    return member(program, Role.GUARDIAN, "mother@example.org")


def accepted(guardian: Guardian, membership: Membership, office: Membership, **changed: Any) -> Invitation:
    facts = {
        "email": membership.user.email,
        "role": Role.GUARDIAN,
        "token_hash": f"hash {guardian.pk} {membership.pk}",
        "about": {"guardian_id": guardian.pk},
        "expires_at": now() + timedelta(days=14),
        "invited_by": office,
        "accepted_at": now(),
        "accepted_by": membership.user,
    }
    return Invitation.objects.create(**{**facts, **changed})


def test_the_guardian_sees_the_children_from_then_on(
    application: Application, mother: Membership, office: Membership
) -> None:
    guardian = Guardian.objects.get()
    assert not children_of(mother).exists()

    for _repeat in range(2):
        link_guardian(
            guardian=guardian,
            membership=mother,
            invitation=Invitation.objects.first() or accepted(guardian, mother, office),
        )

    assert [child.pk for child in children_of(mother)] == [application.child_id]
    assert Record.objects.filter(verb="guardian.linked", actor_id=mother.pk).count() == 1


def test_one_person_may_be_guardian_in_several_households(
    application: Application, register: Any, mother: Membership, office: Membership
) -> None:
    register(kana="ベツノ コ")
    for guardian in Guardian.objects.all():
        link_guardian(guardian=guardian, membership=mother, invitation=accepted(guardian, mother, office))

    assert children_of(mother).count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"accepted_at": None},
        {"accepted_by": None},
        {"about": {}},
        {"about": {"guardian_id": 1}},
        {"role": "donor"},
    ],
)
def test_another_invitation_is_no_key(
    changed: dict[str, Any], application: Application, mother: Membership, office: Membership
) -> None:
    guardian = Guardian.objects.get()

    with pytest.raises(NotAllowed):
        link_guardian(
            guardian=guardian, membership=mother, invitation=accepted(guardian, mother, office, **changed)
        )

    assert not children_of(mother).exists()


def test_someone_elses_accepted_invitation_is_no_key(
    program: Program, application: Application, mother: Membership, office: Membership
) -> None:
    thief = member(program, Role.GUARDIAN, "thief@example.org")
    guardian = Guardian.objects.get()

    with pytest.raises(NotAllowed):
        link_guardian(guardian=guardian, membership=thief, invitation=accepted(guardian, mother, office))


def test_a_guardian_is_one_person(
    program: Program, application: Application, mother: Membership, office: Membership
) -> None:
    guardian = Guardian.objects.get()
    link_guardian(guardian=guardian, membership=mother, invitation=accepted(guardian, mother, office))
    second = member(program, Role.GUARDIAN, "second@example.org")

    with pytest.raises(GuardianTaken):
        link_guardian(guardian=guardian, membership=second, invitation=accepted(guardian, second, office))

    assert Guardian.objects.get().membership == mother
