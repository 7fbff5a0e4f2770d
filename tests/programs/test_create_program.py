"""programs/create_program.py and its command."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import URLResolver, get_resolver

from programs.create_program import RESERVED, NewProgram, create_program
from programs.errors import MunicipalityUnknown, SlugTaken
from programs.models import Membership, Program, ProgramYear, Role, User
from programs.scoping import acting_in

FACTS = {
    "slug": "chiba",
    "name": "千葉",
    "municipality_code": "121002",
    "fiscal_year": 2026,
    "face_yen": 120_000,
    "name_en": "Chiba",
    "is_prorated": True,
}
ADDRESS = "Office@Chiba.example"


def test_it_opens_a_program_with_a_year_and_someone_of_the_secretariat(db):
    made = create_program(new=NewProgram(**FACTS), office_email=ADDRESS)
    with acting_in(made.program_id):
        year, member = ProgramYear.objects.get(), Membership.objects.select_related("user").get()
    assert (year.year, str(year.first_day), str(year.last_day)) == (2026, "2026-04-01", "2027-03-31")
    assert (member.role, member.user.email) == (Role.OFFICE, "office@chiba.example")
    assert not member.user.has_usable_password()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"slug": "start"}, SlugTaken),
        ({"slug": "Chiba"}, SlugTaken),
        ({"slug": "千葉"}, SlugTaken),
        ({"slug": "shibuya"}, SlugTaken),
        ({"municipality_code": "121003"}, MunicipalityUnknown),
    ],
)
def test_it_refuses_and_writes_nothing(two_programs, changed, refusal):
    with pytest.raises(refusal):
        create_program(new=NewProgram(**FACTS | changed), office_email=ADDRESS)
    assert Program.objects.count() == 2
    assert not User.objects.filter(email="office@chiba.example").exists()


def test_no_program_can_hide_a_page_that_belongs_to_none():
    tops = {
        str(found.pattern).split("/")[0]
        for found in get_resolver().url_patterns
        if "<" not in str(found.pattern)
    }
    for found in get_resolver().url_patterns:
        if isinstance(found, URLResolver) and not str(found.pattern):
            tops |= {str(inner.pattern).split("/")[0] for inner in found.url_patterns}
    assert tops - {""} <= RESERVED


def test_the_command_says_what_comes_next(db):
    said = StringIO()
    call_command(
        *("create_program", "chiba", "千葉", "--municipality", "121002", "--face-yen", "120000"),
        *("--year", "2026", "--office", "office@chiba.example"),
        stdout=said,
    )
    assert Program.objects.get().slug == "chiba"
    assert "/accounts/password/reset/" in said.getvalue()
