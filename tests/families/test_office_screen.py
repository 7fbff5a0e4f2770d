"""The secretariat's pages about families."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Record
from families.models import Application, Child, ChildKey, Guardian
from kernel.clock import now
from outbox.models import Message
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.families.screens import signed_in_as, url, words_of_need_in

pytestmark = pytest.mark.django_db
LIST = "office/families/"
NEW = "office/families/new/"
TYPED = {
    "guardian_name": "𠮷邉 花子",
    "email": "",
    "child_name": "𠮷邉 髙﨑",
    "child_kana": "ﾖｼﾅﾍﾞ たかさき",
    "nickname": "はな",
    "born": "２０１１年４月２日",
}


def one(application: Application, rest: str = "") -> str:
    return f"office/families/{application.pk}/{rest}"


def test_the_list_shows_grade_and_state_and_no_name(
    program: Program, application: Application, office: Membership
) -> None:
    page = signed_in_as(office).get(url(program, LIST)).content.decode()

    assert str(application.pk) in page
    assert "中3" in page
    assert "決定待ち" in page
    for hidden in ("髙﨑", "タカサキ", "よっしー", "花子"):
        assert hidden not in page
    assert not Record.objects.filter(verb="child.read").exists()


def test_an_empty_year_offers_the_first_step(program: Program, office: Membership, year: ProgramYear) -> None:
    assert "最初の申込を登録する" in signed_in_as(office).get(url(program, LIST)).content.decode()


def test_without_a_program_year_the_pages_say_so(program: Program, office: Membership) -> None:
    ProgramYear.objects.all().delete()
    browser = signed_in_as(office)

    for path in (LIST, NEW):
        answer = browser.get(url(program, path))
        assert (answer.status_code, "まだ年度がありません" in answer.content.decode()) == (200, True)
    assert browser.post(url(program, NEW), TYPED).status_code == 200
    assert not Application.objects.exists()


def test_the_filter_stands_in_the_address(
    program: Program, application: Application, register: Any, office: Membership
) -> None:
    other = register(kana="ベツノ コ")
    browser = signed_in_as(office)
    browser.post(url(program, one(other, "approve/")))

    waiting = browser.get(url(program, LIST), {"state": "applied"}).content.decode()
    declined = browser.get(url(program, LIST), {"state": "declined"}).content.decode()
    nonsense = browser.get(url(program, LIST), {"state": "x"}).content.decode()

    assert (str(application.pk) in waiting, str(other.pk) in waiting) == (True, False)
    assert "この状態の申込はありません" in declined
    assert str(other.pk) in nonsense


@pytest.mark.parametrize("typed", ["abc", "1", "9" * 40, "-1", "²", "9" * 5_000])
def test_a_number_that_is_not_there_is_said(
    typed: str, program: Program, application: Application, office: Membership
) -> None:
    answer = signed_in_as(office).get(url(program, LIST), {"number": typed})

    assert answer.status_code == 200
    assert "この番号の申込はありません" in answer.content.decode()


def test_an_application_is_found_by_its_number_in_full_width(
    program: Program, application: Application, register: Any, office: Membership
) -> None:
    other = register(kana="ベツノ コ")
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in str(other.pk))

    page = signed_in_as(office).get(url(program, LIST), {"number": full_width}).content.decode()

    assert (f"/{other.pk}/" in page, f"/{application.pk}/" in page) == (True, False)


def test_the_list_costs_the_same_for_one_and_for_many(
    program: Program, application: Application, register: Any, office: Membership
) -> None:
    browser = signed_in_as(office)
    browser.get(url(program, LIST))
    with CaptureQueriesContext(connection) as for_one:
        browser.get(url(program, LIST))
    for letter in "アイウエオ":
        register(kana=f"ベツノ {letter}")
    with CaptureQueriesContext(connection) as for_many:
        browser.get(url(program, LIST))

    assert len(for_many) == len(for_one) <= 14


def test_a_paper_application_is_typed_in(program: Program, office: Membership, year: ProgramYear) -> None:
    answer = signed_in_as(office).post(url(program, NEW), TYPED)

    made = Application.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == url(program, one(made))
    assert (made.child.name, made.child.kana) == ("𠮷邉 髙﨑", "ヨシナベ タカサキ")
    assert Guardian.objects.get().name == "𠮷邉 花子"


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"born": "2011-02-30"}, 422, "日付を読み取れないか"),
        ({"born": "1990-01-01"}, 422, "3歳から20歳"),
        ({"child_kana": "山田"}, 422, "カタカナだけ"),
        ({"nickname": "１２３４５６７８９０１８"}, 422, "マイナンバー"),
        ({"guardian_name": ""}, 422, "保護者の名前"),
        ({"email": "hanako@"}, 422, "メールアドレス"),
        ({"email": "h" * 250 + "@x.example"}, 422, "メールアドレス"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(
    changed: dict[str, str], status: int, words: str, program: Program, office: Membership, year: ProgramYear
) -> None:
    answer = signed_in_as(office).post(url(program, NEW), {**TYPED, **changed})

    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert "まだ登録されていません" in page
    assert "𠮷邉 髙﨑" in page
    assert not Child.objects.exists()


def test_browsers_keep_no_family_to_offer_it_for_the_next(
    program: Program, office: Membership, year: ProgramYear
) -> None:
    page = signed_in_as(office).get(url(program, NEW)).content.decode()

    inputs = re.findall(r"<input[^>]* name=\"(?!csrf)\w+\"[^>]*>", page.split("</header>")[-1])
    typed = [one for one in inputs if 'type="hidden"' not in one and 'name="language"' not in one]
    assert len(typed) >= 6
    assert [one for one in typed if 'autocomplete="off"' not in one] == []


def test_a_child_that_is_known_is_refused_with_its_number(
    program: Program, application: Application, office: Membership
) -> None:
    same = {**TYPED, "child_kana": "タカサキ ヨシナベ"}

    answer = signed_in_as(office).post(url(program, NEW), same)

    assert answer.status_code == 409
    assert str(application.pk) in answer.content.decode()
    assert Child.objects.count() == 1


def test_a_brother_or_sister_is_added_to_the_household(
    program: Program, application: Application, office: Membership
) -> None:
    address = url(program, f"{NEW}?household={application.child.household_id}")
    browser = signed_in_as(office)

    assert "保護者の名前" not in browser.get(address).content.decode()
    browser.post(address, TYPED)

    assert application.child.household.children.count() == 2
    assert Guardian.objects.count() == 1


@pytest.mark.parametrize("asked", ["1", "abc", "9" * 40, "9" * 5_000])
def test_a_household_that_is_not_there_is_404(
    asked: str, program: Program, office: Membership, year: ProgramYear
) -> None:
    assert signed_in_as(office).get(url(program, f"{NEW}?household={asked}")).status_code == 404


def test_the_name_is_shown_on_request_and_each_look_is_recorded(
    program: Program, application: Application, office: Membership
) -> None:
    browser = signed_in_as(office)
    closed = browser.get(url(program, one(application))).content.decode()
    assert "髙﨑" not in closed
    assert not Record.objects.filter(verb="child.read").exists()

    answer = browser.post(url(program, one(application, "name/")))

    assert "髙﨑 𠮷邉" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert Record.objects.get(verb="child.read").actor_id == office.pk
    assert browser.get(url(program, one(application, "name/"))).status_code == 405


def test_an_erased_child_is_said_and_never_a_broken_page(
    program: Program, application: Application, office: Membership
) -> None:
    ChildKey.objects.filter(pk=application.child.key_id).update(wrapped=b"", destroyed_at=now())
    browser = signed_in_as(office)

    assert "消去済み" in browser.get(url(program, LIST)).content.decode()
    assert browser.get(url(program, one(application))).status_code == 200
    answer = browser.post(url(program, one(application, "name/")))

    assert answer.status_code == 409
    assert "消去されました" in answer.content.decode()


@pytest.mark.parametrize(("act", "state"), [("approve/", "approved"), ("decline/", "declined")])
def test_one_button_decides_and_a_second_tap_is_told(
    act: str, state: str, program: Program, application: Application, office: Membership
) -> None:
    browser = signed_in_as(office)

    first = browser.post(url(program, one(application, act)))
    second = browser.post(url(program, one(application, act)))

    application.refresh_from_db()
    assert (first.status_code, second.status_code, application.state) == (302, 409, state)
    assert "すでに決定されています" in second.content.decode()
    assert Message.objects.count() == 1
    page = browser.get(url(program, one(application))).content.decode()
    assert "決定した人" in page
    assert "承認する" not in page


@pytest.mark.parametrize("rest", ["", "name/", "approve/", "decline/"])
def test_another_programs_application_is_404(
    rest: str, application: Application, other_program: Program
) -> None:
    with acting_in(other_program.pk):
        browser = signed_in_as(member(other_program, Role.OFFICE))
    call = browser.post if rest else browser.get

    assert call(url(other_program, one(application, rest))).status_code == 404

    application.refresh_from_db()
    assert application.state == Application.State.APPLIED


@pytest.mark.parametrize("role", [Role.CITY, Role.GUARDIAN, Role.DONOR, Role.COUNTER, Role.PROVIDER_ADMIN])
def test_others_get_404(role: Role, program: Program, application: Application) -> None:
    browser = signed_in_as(member(program, role, "other@example.org"))

    for path in (LIST, NEW, one(application)):
        assert browser.get(url(program, path)).status_code == 404
    for act in ("name/", "approve/", "decline/"):
        assert browser.post(url(program, one(application, act))).status_code == 404


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_page_has_a_word_of_need(
    language: str, program: Program, application: Application, office: Membership
) -> None:
    browser = signed_in_as(office)
    browser.cookies["language"] = language

    pages = [browser.get(url(program, path)) for path in (LIST, NEW, one(application))]
    pages += [browser.post(url(program, NEW), {}), browser.post(url(program, one(application, "name/")))]

    assert [words_of_need_in(page.content.decode()) for page in pages] == [[]] * 5
