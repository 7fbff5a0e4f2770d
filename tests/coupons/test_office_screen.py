"""The secretariat's pages about coupons."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from coupons.models import Coupon, Redemption, Reversal
from coupons.redeem import usable_yen
from coupons.reverse import reverse
from families.models import Application
from ledger.balances import balance_yen
from ledger.models import Account
from outbox.models import Job
from programs.models import Membership, Program, ProgramYear, Role
from programs.scoping import acting_in
from tests.conftest import LAST_DAY, member
from tests.coupons.cast import a_coupon, a_fund, an_application, spend
from tests.families.screens import signed_in_as, url, words_of_need_in

LIST, CHECK, ISSUE, ISSUED = (
    "office/coupons/",
    "office/coupons/check/",
    "office/coupons/issue/",
    "office/coupons/issued/",
)


def text(response: HttpResponse) -> str:
    """The page, without what cuts figures from their units."""
    return response.content.decode()


def statements(browser: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as sent:
        assert browser.get(address).status_code == 200
    return len(sent)


@pytest.fixture
def fund(program: Program) -> Account:
    return a_fund(1_000_000, label="渋谷基金")


@pytest.fixture
def waiting(year: ProgramYear, office: Membership) -> list[Application]:
    """Three children who were approved."""
    return [an_application(year, office, nickname=f"なまえ{n}") for n in range(3)]


def test_the_list_shows_funds_and_who_waits_without_names(
    program: Program, office: Membership, year: ProgramYear, fund: Account, waiting: list[Application]
) -> None:
    an_application(year, office, state="declined")
    undecided = an_application(year, office, state="applied")

    page = text(signed_in_as(office).get(url(program, LIST)))

    assert "渋谷基金" in page and "1,000,000" in page and "200,000" in page
    assert all(f'value="{one.pk}"' in page for one in waiting)
    assert f'value="{undecided.pk}"' not in page
    assert "小4" in page  # born in May 2016
    assert "青井" not in page and "なまえ" not in page
    assert not words_of_need_in(page)


def test_the_effect_is_shown_before_anything_is_issued(
    program: Program, office: Membership, fund: Account, waiting: list[Application]
) -> None:
    asked = {"fund": fund.pk, "application": [one.pk for one in waiting[:2]]}

    page = text(signed_in_as(office).get(url(program, CHECK), asked))

    assert "400,000" in page and "600,000" in page and "200,000" in page
    assert not Coupon.objects.exists()


def test_a_fund_that_is_too_small_is_said_and_cannot_be_used(
    program: Program, office: Membership, waiting: list[Application]
) -> None:
    small = a_fund(300_000)

    page = text(signed_in_as(office).get(url(program, CHECK), {"fund": small.pk, "all": "on"}))

    assert "300,000" in page
    assert ISSUE not in page


def test_one_is_issued_at_once(
    program: Program, office: Membership, fund: Account, waiting: list[Application]
) -> None:
    asked = {"fund": fund.pk, "application": [waiting[0].pk], "count": 1}

    answer = signed_in_as(office).post(url(program, ISSUE), asked)

    coupon = Coupon.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, url(program, f"{LIST}{coupon.pk}/"))
    assert (coupon.child_id, balance_yen(fund)) == (waiting[0].child_id, 800_000)


def test_many_become_a_job_with_its_page(
    program: Program, office: Membership, fund: Account, waiting: list[Application]
) -> None:
    asked = {"fund": fund.pk, "all": "on", "count": 3}

    answer = signed_in_as(office).post(url(program, ISSUE), asked)

    job = Job.objects.get()
    assert answer.headers["Location"] == url(program, f"office/jobs/{job.pk}/")
    assert job.facts["applications"] == [one.pk for one in waiting]
    assert not Coupon.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"application": []}, "選ばれて"),
        ({"application": ["1"]}, "変わり"),
        ({"application": ["x"]}, "変わり"),
        ({"fund": "1"}, "基金を"),
        ({"fund": ""}, ""),
        ({"count": 2}, "変わり"),
    ],
)
def test_a_bad_choice_is_said_and_what_was_chosen_is_kept(
    program: Program,
    office: Membership,
    fund: Account,
    waiting: list[Application],
    changed: dict[str, object],
    words: str,
) -> None:
    asked = {"fund": fund.pk, "application": [waiting[0].pk], "count": 1, **changed}

    answer = signed_in_as(office).post(url(program, ISSUE), asked)

    assert answer.status_code == 422
    assert words in text(answer)
    if "application" not in changed:
        assert f'value="{waiting[0].pk}" checked' in text(answer)
    assert not Coupon.objects.exists()


def test_a_bad_choice_before_the_question_is_said_too(
    program: Program, office: Membership, fund: Account, waiting: list[Application]
) -> None:
    answer = signed_in_as(office).get(url(program, CHECK), {"fund": fund.pk})

    assert (answer.status_code, "選ばれて" in text(answer)) == (422, True)


def test_a_fund_emptied_meanwhile_is_refused_in_words(
    program: Program, office: Membership, waiting: list[Application]
) -> None:
    small = a_fund(100_000)

    answer = signed_in_as(office).post(
        url(program, ISSUE), {"fund": small.pk, "application": [waiting[0].pk], "count": 1}
    )

    assert (answer.status_code, "100,000" in text(answer)) == (409, True)
    assert not Coupon.objects.exists()


def test_a_second_click_issues_nothing_more(
    program: Program, office: Membership, fund: Account, waiting: list[Application]
) -> None:
    asked = {"fund": fund.pk, "application": [waiting[0].pk], "count": 1}
    browser = signed_in_as(office)

    assert browser.post(url(program, ISSUE), asked).status_code == 302
    assert browser.post(url(program, ISSUE), asked).status_code == 422
    assert Coupon.objects.count() == 1


def test_without_year_fund_or_children_the_page_says_what_comes_first(
    program: Program, office: Membership
) -> None:
    browser = signed_in_as(office)

    assert "基金はまだありません" in text(browser.get(url(program, LIST)))
    ProgramYear.objects.all().delete()
    assert browser.get(url(program, LIST)).status_code == 200
    assert browser.get(url(program, CHECK)).status_code == 422
    assert browser.post(url(program, ISSUE)).status_code == 422


def test_the_coupon_page_shows_its_life_and_no_code(
    program: Program, office: Membership, coupon: Coupon, school: Account, till: Membership
) -> None:
    spend(coupon, 3_000, payee=school, actor=till)
    wrong = spend(coupon, 1_111, payee=school, actor=till)
    reverse(redemption=Redemption.objects.get(pk=wrong.redemption_id), actor=office, reason="二重に入力")

    page = text(signed_in_as(office).get(url(program, f"{LIST}{coupon.pk}/")))

    assert all(said in page for said in ("7,000", "3,000", "1,111", "二重に入力", "10,000"))
    assert coupon.code not in page and "青井" not in page
    assert f"office/uses/{wrong.redemption_id}/reverse/" not in page


def test_the_office_takes_a_use_back_with_a_reason(
    program: Program, office: Membership, coupon: Coupon, school: Account, till: Membership
) -> None:
    taken = spend(coupon, 3_000, payee=school, actor=till)
    browser, address = signed_in_as(office), url(program, f"office/uses/{taken.redemption_id}/reverse/")

    assert "3,000" in text(browser.get(address))
    assert browser.post(address, {"reason": " "}).status_code == 422
    assert not Reversal.objects.exists()
    assert browser.post(address, {"reason": "授業が休みだった"}).status_code == 302
    assert usable_yen(coupon, LAST_DAY) == 10_000
    again = browser.post(address, {"reason": "もう一度"})
    assert (again.status_code, "もう一度" in text(again)) == (409, True)
    assert Reversal.objects.count() == 1


def test_list_pages_ask_the_database_a_fixed_number_of_times(
    program: Program, office: Membership, year: ProgramYear, till: Membership, school: Account
) -> None:
    browser, coupon = signed_in_as(office), a_coupon(year, office)
    an_application(year, office)
    spend(coupon, 1, payee=school, actor=till)
    pages = [url(program, path) for path in (LIST, ISSUED, f"{LIST}{coupon.pk}/")]
    browser.get(pages[0])  # the first visit of a browser also looks at its session
    asked = [statements(browser, page) for page in pages]

    for _ in range(4):
        a_coupon(year, office)
        an_application(year, office)
        spend(coupon, 1, payee=school, actor=till)

    assert [statements(browser, page) for page in pages] == asked
    assert max(asked) <= 14


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_the_office_comes_in(program: Program, coupon: Coupon, role: Role) -> None:
    other = signed_in_as(member(program, role, "other@shibuya.example"))

    for path in (LIST, CHECK, ISSUED, f"{LIST}{coupon.pk}/"):
        assert other.get(url(program, path)).status_code == 404
    assert other.post(url(program, ISSUE)).status_code == 404


def test_another_programs_coupon_use_and_job_are_not_found(
    program: Program,
    office: Membership,
    coupon: Coupon,
    school: Account,
    till: Membership,
    other_program: Program,
) -> None:
    taken = spend(coupon, 1, payee=school, actor=till)
    job = Job.objects.create(kind="issue_coupons", total=1, started_by=office)
    with acting_in(other_program.pk):
        theirs = signed_in_as(member(other_program, Role.OFFICE))

    for path in (
        f"{LIST}{coupon.pk}/",
        f"office/uses/{taken.redemption_id}/reverse/",
        f"office/jobs/{job.pk}/",
    ):
        assert theirs.get(url(other_program, path)).status_code == 404
    assert (
        theirs.post(
            url(other_program, f"office/uses/{taken.redemption_id}/reverse/"), {"reason": "x"}
        ).status_code
        == 404
    )
    assert not Reversal.objects.exists()
