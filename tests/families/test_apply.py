"""families.apply: one child is registered once, as the paper says."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Record
from families.apply import ChildFacts, GuardianFacts, apply
from families.blind import blind_index
from families.errors import AlreadyKnown, BirthDateImplausible, HoldsMyNumber, KanaNotKatakana, NameMissing
from families.models import Application, Child, ChildKey, Guardian, Household
from families.queries import children_of
from kernel.errors import NotAllowed
from outbox.deliver import deliver
from outbox.models import Message
from people.accept_invitation import accept_invitation
from people.invite import token_of
from programs.models import Invitation, Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from programs.walls import complaints
from tests.conftest import member
from tests.families.conftest import FACTS

pytestmark = pytest.mark.django_db


def rows() -> list[int]:
    """How many rows of each kind there are."""
    return [model.objects.count() for model in (ChildKey, Household, Guardian, Child, Application, Record)]


def test_apply_makes_a_family_with_one_key_per_person(application: Application, office: Membership) -> None:
    assert rows() == [2, 1, 1, 1, 1, 1]
    guardian = Guardian.objects.get()
    assert guardian.name == "髙﨑 花子"
    assert guardian.key_id != application.child.key_id
    assert application.state == Application.State.APPLIED
    record = Record.objects.get()
    assert (record.verb, record.actor_id) == ("application.registered", office.pk)
    assert record.facts == {"child_id": application.child_id}


def test_a_brother_or_sister_joins_the_household(application: Application, register: Any) -> None:
    second = register(
        household=application.child.household, guardian=None, kana="タカサキ ジロウ", name="次郎"
    )

    assert second.child.household_id == application.child.household_id
    assert rows()[1:4] == [1, 1, 2]


@pytest.mark.parametrize(
    ("made", "refusal"),
    [
        ({"name": " "}, NameMissing),
        ({"guardian": ""}, NameMissing),
        ({"guardian": None}, NameMissing),
        ({"kana": "たかさき"}, KanaNotKatakana),
        ({"kana": "TAKASAKI"}, KanaNotKatakana),
        ({"birth_date": date(2006, 3, 31)}, BirthDateImplausible),
        ({"birth_date": date(2024, 4, 1)}, BirthDateImplausible),
        ({"birth_date": date(2028, 1, 1)}, BirthDateImplausible),
        ({"nickname": "1234 5678 9018"}, HoldsMyNumber),
        ({"name": "髙﨑 １２３４５６７８９０１８"}, HoldsMyNumber),
        ({"guardian": "花子 123456789018"}, HoldsMyNumber),
    ],
)
def test_apply_refuses_and_writes_nothing(
    register: Any, made: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        register(**made)

    assert rows() == [0] * 6


@pytest.mark.parametrize("born", [date(2006, 4, 1), date(2024, 3, 31)])
def test_3_and_20_years_are_plausible(register: Any, born: date) -> None:
    assert register(birth_date=born).child.birth_date == born


def test_the_same_child_is_refused_with_the_number_of_its_application(
    application: Application, register: Any
) -> None:
    before = rows()

    with pytest.raises(AlreadyKnown) as refused:
        register(name="高崎", kana="タカサキヨシナベ", nickname="よし")

    assert str(application.pk) in str(refused.value)
    assert rows() == before


def test_the_database_refuses_a_twin_row_that_the_check_did_not_see(application: Application) -> None:
    key = ChildKey.objects.create(wrapped=b"")
    twin = Child(household=application.child.household, key=key, blind=application.child.blind)

    with pytest.raises(IntegrityError, match="child_known_once"), transaction.atomic():
        twin.save()


def test_the_same_child_may_be_in_another_program(application: Application, other_program: Any) -> None:
    theirs = blind_index(kana=FACTS["kana"], birth_date=FACTS["birth_date"], program_id=other_program.pk)

    assert bytes(Child.objects.get().blind) != theirs
    with acting_in(other_program.pk):
        office = member(other_program, "office")
        apply(
            household=None,
            guardian=GuardianFacts(name="花子"),
            child=ChildFacts(**FACTS),
            year=ProgramYear.objects.get(),
            actor=office,
        )
        assert Child.objects.count() == 1


def test_a_household_of_another_program_is_not_found(application: Application, other_program: Any) -> None:
    with acting_in(other_program.pk):
        office = member(other_program, "office")
        with pytest.raises(Household.DoesNotExist):
            apply(
                household=application.child.household,
                guardian=None,
                child=ChildFacts(**FACTS),
                year=ProgramYear.objects.get(),
                actor=office,
            )


@pytest.mark.parametrize("who", ["city", "stranger"])
def test_only_the_office_may_register(who: str, request: Any, year: ProgramYear) -> None:
    with pytest.raises(NotAllowed):
        apply(
            household=None,
            guardian=GuardianFacts(name="花子"),
            child=ChildFacts(**FACTS),
            year=year,
            actor=request.getfixturevalue(who),
        )

    assert rows() == [0] * 6


def test_the_walls_are_whole(program: Any) -> None:
    assert complaints() == []


def test_an_e_mail_address_invites_the_guardian_who_sees_the_child_after_accepting(
    program: Program, year: ProgramYear, office: Membership
) -> None:
    made = apply(
        household=None,
        guardian=GuardianFacts(name="花子", email="Hanako@example.org"),
        child=ChildFacts(**FACTS),
        year=year,
        actor=office,
    )
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("hanako@example.org", Role.GUARDIAN)

    joined = accept_invitation(token=token_of(program.pk, invitation.pk))
    for message in Message.objects.filter(topic="invitation_accepted_guardian"):
        assert deliver(program.pk, message.pk)

    assert [child.pk for child in children_of(joined)] == [made.child_id]
    assert Guardian.objects.get().membership == joined


def test_without_an_address_nobody_is_invited(application: Application) -> None:
    assert not Invitation.objects.exists()
