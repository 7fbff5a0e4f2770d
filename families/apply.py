"""Register a family's application for one child and one program year."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from audit.record import record
from families.blind import blind_index
from families.errors import AlreadyKnown, BirthDateImplausible, HoldsMyNumber, KanaNotKatakana, NameMissing
from families.models import Application, Child, ChildKey, Guardian, Household
from families.my_number import holds_my_number
from families.rules import may_register
from families.sealed import new_wrapped_key
from kernel.clock import now, today
from kernel.japanese import is_katakana
from people.invite import invite
from programs.models import Membership, ProgramYear, Role
from programs.rules import require
from programs.scoping import current_program_id

YOUNGEST, ELDEST = 3, 20


@dataclass(frozen=True)
class GuardianFacts:
    """What the paper says of the guardian. With an `email` an invitation is sent there."""

    name: str
    email: str = ""


@dataclass(frozen=True)
class ChildFacts:
    """What the paper says of the child. Names stay letter by letter as they are written (髙, 﨑, 𠮷, 邉)."""

    name: str
    kana: str
    nickname: str
    birth_date: date


@transaction.atomic
def apply(
    *,
    household: Household | None,
    guardian: GuardianFacts | None,
    child: ChildFacts,
    year: ProgramYear,
    actor: Membership,
    on: date | None = None,
) -> Application:
    """The secretariat types in what a family handed in: a child, its household and its guardian.

    household  a family that is here already gets one more child; None makes a new one
    guardian   needed for a new household
    on         the Japanese day on which the child's age is looked at; today by default
    Raises NameMissing, KanaNotKatakana, BirthDateImplausible, HoldsMyNumber, AlreadyKnown; nothing
    is written then.
    """
    require(may_register(actor))
    if household is not None:
        household = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
    check_facts(guardian, child, on=on or today(), needs_guardian=household is None)
    blind = blind_index(kana=child.kana, birth_date=child.birth_date, program_id=current_program_id())
    check_not_known(blind)

    household = household or Household.objects.create()
    made = _make_child(household, child, blind)
    application: Application = Application.objects.create(
        child=made, year=year, grade_number=made.grade_in(year.year), applied_at=now()
    )
    named = _make_guardian(household, guardian.name) if guardian else None
    record("application.registered", actor=actor, subject=f"application:{application.pk}", child_id=made.pk)
    if guardian and guardian.email and named:
        about = {"kind": "guardian", "guardian_id": named.pk}  # families/notices.py ties them
        invite(email=guardian.email, role=Role.GUARDIAN, actor=actor, about=about)
    return application


def check_facts(guardian: GuardianFacts | None, child: ChildFacts, *, on: date, needs_guardian: bool) -> None:
    """Refuse what cannot be right, and what we may not keep."""
    if needs_guardian and guardian is None:
        raise NameMissing
    typed = [child.name, child.kana, child.nickname]
    typed += [guardian.name] if guardian else []
    if not all(text.strip() for text in typed):
        raise NameMissing
    if any(holds_my_number(text) for text in typed):
        raise HoldsMyNumber
    if not is_katakana(child.kana):
        raise KanaNotKatakana
    if not YOUNGEST <= age(child.birth_date, on) <= ELDEST:
        raise BirthDateImplausible


def age(birth_date: date, on: date) -> int:
    """Whole years on the day `on`, as people count them; negative before birth."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def check_not_known(blind: bytes) -> None:
    """One child is one row in a program."""
    known = Child.objects.filter(blind=blind).first()
    if known is not None:
        application = known.applications.order_by("-id").first()
        raise AlreadyKnown(number=application.pk if application else "-")


def _make_child(household: Household, facts: ChildFacts, blind: bytes) -> Child:
    key = ChildKey.objects.create(wrapped=new_wrapped_key())
    made = Child(household=household, key=key, blind=blind)
    made.name, made.kana, made.nickname = facts.name.strip(), facts.kana.strip(), facts.nickname.strip()
    made.born = facts.birth_date.isoformat()
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        check_not_known(blind)  # another desk was faster
        raise error
    return made


def _make_guardian(household: Household, name: str) -> Guardian:
    made = Guardian(household=household, key=ChildKey.objects.create(wrapped=new_wrapped_key()))
    made.name = name.strip()
    made.save()
    return made
