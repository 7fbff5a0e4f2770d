"""The family's page: balance first, own children only, not a word of need."""

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from audit.models import Record
from coupons.models import Coupon, Redemption, Reversal
from families.models import ChildKey, Guardian, Household
from families.sealed import new_wrapped_key
from kernel.clock import now
from kernel.codes import shown
from ledger.accounts import open_account
from ledger.models import Account, Kind
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import member
from tests.coupons.cast import a_child, a_coupon, spend
from tests.families.screens import signed_in_as, url, words_of_need_in

pytestmark = pytest.mark.django_db
SEPTEMBER = datetime(2026, 9, 30, 3, 0, tzinfo=UTC)


@pytest.fixture
def mother(program: Program) -> Membership:
    """A guardian who is tied to no household yet."""
    return member(program, Role.GUARDIAN)


@pytest.fixture
def family(mother: Membership) -> Client:
    """Her telephone, without furigana, so that texts can be compared."""
    browser = signed_in_as(mother)
    browser.cookies["furigana"] = "off"
    return browser


def tie(guardian: Membership, household: Household) -> None:
    """This person acts for the household."""
    made = Guardian(
        household=household, key=ChildKey.objects.create(wrapped=new_wrapped_key()), membership=guardian
    )
    made.name = "母 の名"
    made.save()


@pytest.fixture
def mine(mother: Membership, coupon: Coupon) -> Coupon:
    """Her child's coupon of 10,000 yen."""
    tie(mother, coupon.child.household)
    return coupon


def read(browser: Client, program: Program, path: str = "family/") -> str:
    return browser.get(url(program, path)).content.decode()


def words(page: str) -> str:
    """The text of a page without marks and runs of space."""
    return re.sub(r"\s+", " ", strip_tags(page))


class Figures(HTMLParser):
    """What stands inside elements of a class."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted, self.depth, self.found = wanted, 0, [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth or self.wanted in (dict(attrs).get("class") or "").split():
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if self.depth:
            self.depth -= 1
            if not self.depth:
                self.found.append("")

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.found[-1] += data.strip()


def inside(page: str, wanted: str) -> list[str]:
    parser = Figures(wanted)
    parser.feed(page)
    return [text for text in parser.found if text]


def test_what_is_left_is_the_one_large_number(
    program: Program, family: Client, mine: Coupon, school: Account, till: Membership
) -> None:
    spend(mine, 3_000, payee=school, actor=till)

    page = read(family, program)

    assert inside(page, "figure-hero") == ["7,000円"]
    assert "2027年3月31日(水)まで 使えます" in words(page)
    assert mine.child.nickname in page
    assert f"/family/coupons/{mine.pk}/code/" in page


def test_names_birth_date_and_code_do_not_stand_on_the_page(
    program: Program, family: Client, mine: Coupon
) -> None:
    page = read(family, program)

    for hidden in (mine.child.name, mine.child.kana, mine.child.born, mine.code, shown(mine.code)):
        assert hidden not in page
    assert not Record.objects.filter(verb="child.read").exists()


def test_the_history_says_where_when_and_how_much_newest_first(
    program: Program, family: Client, mine: Coupon, till: Membership
) -> None:
    places = [open_account(kind=Kind.PAYABLE, label=label) for label in ("まなびの森", "ひかり & 学習室")]
    for place, hour in zip(places, (1, 2), strict=True):
        with time_machine.travel(datetime(2027, 3, 30, hour, tzinfo=UTC), tick=False):
            spend(mine, 1_000 * hour, payee=place, actor=till)

    page = words(read(family, program))

    assert "2027年3月30日(火)" in page
    assert page.index("ひかり &amp; 学習室") < page.index("まなびの森")
    assert "2,000円" in page


def test_what_was_taken_back_is_struck_through_with_its_reason(
    program: Program, family: Client, mine: Coupon, school: Account, till: Membership
) -> None:
    done = spend(mine, 3_000, payee=school, actor=till)
    Reversal.objects.create(
        redemption=Redemption.objects.get(pk=done.redemption_id),
        reason="金額の入力まちがい",
        reversed_by=till,
        reversed_at=now(),
    )

    page = read(family, program)

    assert inside(page, "money-minus") == ["3,000円"]
    assert "金額の入力まちがい" in page
    assert "残高に 戻りました" in words(page)


def test_older_uses_open_with_one_tap(
    program: Program, family: Client, mine: Coupon, school: Account, till: Membership
) -> None:
    for amount_yen in range(101, 108):
        spend(mine, amount_yen, payee=school, actor=till)

    page = read(family, program)

    assert page.count('class="when"') == 7
    assert page.index("103円".replace("円", "")) < page.index("<details") < page.index(">102<")


def test_the_pace_says_how_long_it_lasts(
    program: Program,
    family: Client,
    mother: Membership,
    year: ProgramYear,
    office: Membership,
    till: Membership,
    school: Account,
) -> None:
    with time_machine.travel(datetime(2026, 4, 1, 3, tzinfo=UTC), tick=False):
        coupon = a_coupon(year, office, face_yen=200_000)
        tie(mother, coupon.child.household)
    with time_machine.travel(SEPTEMBER, tick=False):
        fresh = words(read(family, program))
        spend(coupon, 100_000, payee=school, actor=till)
        even = words(read(family, program))
        spend(coupon, 70_000, payee=school, actor=till)
        fast = words(read(family, program))

    assert "毎月 28,500円ずつ 使えます" in fresh
    assert "このペースなら" not in fresh
    assert "このペースなら 2027年3月まで 使えます" in even
    assert "このペースなら 2026年10月ごろに なくなります" in fast


def test_the_last_month_is_said(program: Program, family: Client, mine: Coupon) -> None:
    assert "使えるのは 今月までです" in words(read(family, program))


def test_several_children_in_several_households(
    program: Program, family: Client, mother: Membership, mine: Coupon, year: ProgramYear, office: Membership
) -> None:
    second = a_coupon(year, office, face_yen=5_000)
    tie(mother, second.child.household)

    assert inside(read(family, program), "figure-hero") == ["10,000円", "5,000円"]


def test_another_familys_child_is_not_shown(
    program: Program, family: Client, mine: Coupon, year: ProgramYear, office: Membership
) -> None:
    other = a_coupon(year, office, face_yen=5_000)

    assert inside(read(family, program), "figure-hero") == ["10,000円"]
    assert family.get(url(program, f"family/coupons/{other.pk}/code/")).status_code == 404


def test_empty_states(program: Program, family: Client, mother: Membership, year: ProgramYear) -> None:
    Program.objects.filter(pk=program.pk).update(help_phone="03-0000-0000")
    nobody = words(read(family, program))
    tie(mother, a_child("はな").household)
    no_coupon = words(read(family, program))

    assert "まだ お子さんが 登録されていません" in nobody
    assert "1分ほど 待って" in nobody
    assert "03-0000-0000 に電話する" in nobody
    assert "はな" in no_coupon
    assert "まだ 残高が ありません" in no_coupon


def test_never_used_and_all_used(
    program: Program, family: Client, mine: Coupon, school: Account, till: Membership
) -> None:
    unused = words(read(family, program))
    spend(mine, 10_000, payee=school, actor=till)
    used_up = read(family, program)

    assert "まだ 使っていません" in unused
    assert inside(used_up, "figure-hero") == ["0円"]
    assert "/code/" not in used_up


def test_after_the_last_day_the_page_says_it_ended(program: Program, family: Client, mine: Coupon) -> None:
    with time_machine.travel(datetime(2027, 3, 31, 15, 0, tzinfo=UTC), tick=False):  # 1 April in Japan
        page = words(read(family, program))
        code = words(read(family, program, f"family/coupons/{mine.pk}/code/"))

    for text in (page, code):
        assert "2027年3月31日(水)で 終わりました" in text
    assert shown(mine.code) not in code


def test_a_cancelled_coupon_is_as_if_there_were_none(
    program: Program, family: Client, mother: Membership, year: ProgramYear, office: Membership
) -> None:
    void = a_coupon(year, office, state="void")
    tie(mother, void.child.household)

    assert "まだ 残高が ありません" in words(read(family, program))
    assert family.get(url(program, f"family/coupons/{void.pk}/code/")).status_code == 404


def test_an_erased_child_is_gone_from_the_page(program: Program, family: Client, mine: Coupon) -> None:
    ChildKey.objects.filter(pk=mine.child.key_id).update(wrapped=b"", destroyed_at=now())

    assert family.get(url(program, "family/")).status_code == 200
    assert family.get(url(program, f"family/coupons/{mine.pk}/code/")).status_code == 404


def test_the_page_costs_the_same_for_one_child_and_for_many(
    program: Program, family: Client, mother: Membership, mine: Coupon, year: ProgramYear, office: Membership,
    school: Account, till: Membership,
) -> None:  # fmt: skip
    spend(mine, 100, payee=school, actor=till)
    read(family, program)
    with CaptureQueriesContext(connection) as for_one:
        read(family, program)
    for _child in range(3):
        more = a_coupon(year, office)
        tie(mother, more.child.household)
        spend(more, 100, payee=school, actor=till)
    with CaptureQueriesContext(connection) as for_many:
        read(family, program)

    assert len(for_many) == len(for_one) <= 14


def test_furigana_is_on_unless_switched_off(program: Program, mother: Membership, mine: Coupon) -> None:
    browser = signed_in_as(mother)
    on = read(browser, program)
    back = browser.post("/furigana/", {"furigana": "off", "next": url(program, "family/")})
    off = read(browser, program)

    assert 'action="/furigana/"' in on
    assert back["Location"] == url(program, "family/")
    assert "<ruby>使<rp>(</rp><rt>つか</rt>" in on
    assert "<ruby>" not in off
    assert "{" not in words(off)
    assert "|" not in inside(off, "card")[0]


def test_the_code_is_shown_with_the_nickname_only(program: Program, family: Client, mine: Coupon) -> None:
    answer = family.get(url(program, f"family/coupons/{mine.pk}/code/"))

    page = answer.content.decode()
    assert shown(mine.code) in page
    assert mine.child.nickname in page
    assert "画面を 明るくする" in words(page)
    assert "no-store" in answer["Cache-Control"]
    assert (mine.child.name in page, "10,000" in page) == (False, False)
    title = inside_title(page)
    assert (mine.code in title, mine.child.nickname in title, "クーポン" in title) == (False, False, False)


def inside_title(page: str) -> str:
    return page.split("<title>")[1].split("</title>")[0]


def test_the_drawing_has_a_quiet_zone_level_m_and_no_style(
    program: Program, family: Client, mine: Coupon
) -> None:
    page = read(family, program, f"family/coupons/{mine.pk}/code/")

    svg = page[page.index("<svg", page.index('class="qr"')) :].split("</svg>")[0]
    assert "style=" not in page
    assert 'viewBox="0 0 29 29"' in svg  # version 1 has 21 modules, and 4 white ones on each side
    assert "#fff" in svg


@pytest.mark.parametrize("coupon_id", ["1", "9" * 30])
def test_a_missing_code_is_404(coupon_id: str, program: Program, family: Client, mine: Coupon) -> None:
    assert family.get(url(program, f"family/coupons/{coupon_id}/code/")).status_code == 404


def test_another_programs_coupon_is_404(
    program: Program, other_program: Program, mother: Membership, mine: Coupon
) -> None:
    with acting_in(other_program.pk, user_id=mother.user_id):
        theirs = member(other_program, Role.GUARDIAN, mother.user.email)
    browser = signed_in_as(theirs)

    assert browser.get(url(other_program, f"family/coupons/{mine.pk}/code/")).status_code == 404
    assert "まだ" in browser.get(url(other_program, "family/")).content.decode()


@pytest.mark.parametrize("role", [Role.OFFICE, Role.CITY, Role.COUNTER, Role.PROVIDER_ADMIN, Role.DONOR])
def test_others_get_404(role: Role, program: Program, mine: Coupon) -> None:
    browser = signed_in_as(member(program, role, "other@example.org"))

    for path in ("family/", f"family/coupons/{mine.pk}/code/"):
        assert browser.get(url(program, path)).status_code == 404


def test_nobody_is_asked_to_sign_in(program: Program, mine: Coupon) -> None:
    answer = Client().get(url(program, "family/"))

    assert answer.status_code == 302
    assert "/accounts/login" in answer["Location"]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("on", [date(2027, 3, 31), date(2026, 9, 30), date(2027, 4, 1)])
def test_no_page_has_a_word_of_need(
    on: date, language: str, program: Program, family: Client, mine: Coupon, school: Account, till: Membership
) -> None:
    spend(mine, 100, payee=school, actor=till)
    family.cookies["language"] = language

    with time_machine.travel(datetime(on.year, on.month, on.day, 3, tzinfo=UTC), tick=False):
        pages: list[Any] = [read(family, program), read(family, program, f"family/coupons/{mine.pk}/code/")]

    assert [words_of_need_in(page) for page in pages] == [[], []]
    assert all("follows-system" in page for page in pages)
