"""Whoever runs the installation opens a new program, with its first year and first person."""

import re
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from kernel.municipality import is_municipality_code
from programs.errors import MunicipalityUnknown, SlugTaken
from programs.models import Membership, Program, ProgramYear, Role, User
from programs.scoping import acting_in

# First words of addresses that belong to no program (config/urls.py; a test compares).
RESERVED = frozenset(
    [
        "accounts",
        "api",
        "admin",
        "components",
        "demo",
        "furigana",
        "health",
        "healthz",
        "mail-events",
        "language",
        "media",
        "second-factor",
        "start",
        "static",
    ]
)


@dataclass(frozen=True, kw_only=True)
class NewProgram:
    """What a program cannot be without. face_yen: a full year's coupon; its year begins on 1 April."""

    slug: str
    name: str
    name_en: str
    municipality_code: str
    fiscal_year: int
    face_yen: int
    is_prorated: bool


def create_program(*, new: NewProgram, office_email: str) -> Membership:
    """Open a program with its first year; returns the first person of its secretariat.

    No one may call this from a page: it is a command of the installation, so there is no actor.
    That person gets a password by "forgot my password", which proves the mailbox, and invites others.
    Raises SlugTaken, MunicipalityUnknown; nothing is written then.
    """
    if new.slug in RESERVED or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", new.slug):
        raise SlugTaken
    if not is_municipality_code(new.municipality_code):
        raise MunicipalityUnknown
    with transaction.atomic():
        program = Program(slug=new.slug, name=new.name, name_en=new.name_en)
        program.municipality_code = new.municipality_code
        try:
            with transaction.atomic():
                program.save(force_insert=True)
        except IntegrityError as error:
            raise SlugTaken from error
        address = office_email.strip().lower()
        user = User.objects.filter(email=address).first() or User.objects.create_user(address)
        with acting_in(program.pk, user_id=user.pk):
            ProgramYear.objects.create(
                year=new.fiscal_year,
                first_day=date(new.fiscal_year, 4, 1),
                last_day=date(new.fiscal_year + 1, 3, 31),
                face_yen=new.face_yen,
                is_prorated=new.is_prorated,
            )
            office: Membership = Membership.objects.create(user=user, role=Role.OFFICE)
    return office
