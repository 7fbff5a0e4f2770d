"""The counter's screens, as plain forms and as parts: look, confirm, the server's word, today's list, undo."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coupons.models import Coupon, Redemption
from coupons.redeem import Spend
from ledger.balances import balance_yen
from partners.add_staff import add_staff
from partners.errors import NothingToUndo
from partners.models import Classroom
from partners.redeem_at_counter import redeem_at_counter
from partners.suspend import suspend
from programs.models import Role
from tests.conftest import member
from tests.partners.cast import School

PARTS = {"HTTP_HX_REQUEST": "true"}


def address(school: School, act: str = "") -> str:
    return f"/shibuya/counter/{school.classroom.pk}/{act}"


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's form, as a browser would send them."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def result_of(page: str) -> str:
    found = re.findall(r'data-result="(\w+)"', page)
    assert len(found) == 1, page
    return str(found[0])


@pytest.mark.parametrize("how", [{}, PARTS], ids=["plain", "parts"])
def test_code_and_amount_then_one_button_then_green(
    school: School, coupon: Coupon, till: Client, how: dict[str, Any]
) -> None:
    typed = {"code": coupon.code.lower(), "amount_yen": "１２，０００円", "category": "tuition"}

    looked = till.post(address(school), typed, **how)
    page = looked.content.decode()
    taken = till.post(address(school, "redeem/"), hidden(page), **how)

    assert looked.status_code == 200
    assert "はる" in page and "12,000" in page and "30,000" not in page
    assert not re.search(r'data-result="(done|refused)"', page)  # the yellow one waits in a template
    assert (taken.status_code, result_of(taken.content.decode())) == (200, "done")
    assert Redemption.objects.get().amount_yen == 12_000
    assert ("<html" in page) == ("<html" in taken.content.decode()) == (how == {})
    for answer in (looked, taken):
        assert "no-store" in answer["Cache-Control"]


def test_a_reload_of_the_result_is_the_same_use(school: School, coupon: Coupon, till: Client) -> None:
    page = till.post(address(school), {"code": coupon.code, "amount_yen": "1000", "category": "tests"})
    sent = hidden(page.content.decode())

    answers = [till.post(address(school, "redeem/"), sent) for _ in range(3)]

    assert {result_of(answer.content.decode()) for answer in answers} == {"done"}
    assert Redemption.objects.get().category == "tests"


def test_too_much_says_the_most_and_keeps_what_was_typed(
    school: School, coupon: Coupon, till: Client
) -> None:
    answer = till.post(address(school), {"code": coupon.code, "amount_yen": "30001", "category": "entry"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "30,000円" in page and f'value="{coupon.code}"' in page and 'value="30001"' in page
    assert 'value="entry" selected' in page


def test_red_when_the_money_went_in_between(school: School, coupon: Coupon, till: Client) -> None:
    page = till.post(address(school), {"code": coupon.code, "amount_yen": "20000", "category": "tuition"})
    meanwhile = Spend(amount_yen=15_000, category="tuition", request_key=uuid4())
    redeem_at_counter(counter=school.counter, code=coupon.code, spend=meanwhile, actor=school.clerk)

    answer = till.post(address(school, "redeem/"), hidden(page.content.decode()))

    assert (answer.status_code, result_of(answer.content.decode())) == (409, "refused")
    assert "15,000円" in answer.content.decode()
    assert Redemption.objects.count() == 1


def test_unknown_and_foreign_codes_look_the_same(
    school: School, foreign_coupon: Coupon, till: Client
) -> None:
    pages = set()
    for code in ("K7P29QX4M1ZT", foreign_coupon.code):
        answer = till.post(address(school), {"code": code, "amount_yen": "1", "category": "tuition"})
        assert answer.status_code == 404
        page = answer.content.decode().replace(code, "CODE")
        pages.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
    assert len(pages) == 1


@pytest.mark.parametrize("amount", ["", "0", "-5", "千円", "1.5", "1000001"])
def test_wrong_amounts_are_form_errors(school: School, coupon: Coupon, till: Client, amount: str) -> None:
    typed = {"code": coupon.code, "amount_yen": amount, "category": "tuition"}

    assert till.post(address(school), typed).status_code == 422
    broken = till.post(address(school, "redeem/"), {**typed, "request_key": str(uuid4())})
    assert (broken.status_code, result_of(broken.content.decode())) == (422, "refused")
    assert not Redemption.objects.exists()


def test_a_screen_without_a_key_takes_nothing(school: School, coupon: Coupon, till: Client) -> None:
    typed = {"code": coupon.code, "amount_yen": "1000", "category": "tuition", "request_key": "1"}
    assert till.post(address(school, "redeem/"), typed).status_code == 422
    assert not Redemption.objects.exists()


def test_todays_list_has_its_total_and_undo_takes_the_last_one_back(
    school: School, coupon: Coupon, till: Client
) -> None:
    for amount_yen in (1_000, 2_500):
        spend = Spend(amount_yen=amount_yen, category="tuition", request_key=uuid4())
        redeem_at_counter(counter=school.counter, code=coupon.code, spend=spend, actor=school.clerk)
    page = till.get(address(school)).content.decode()
    assert "3,500" in page
    last = hidden(page)["redemption"]

    undone = till.post(address(school, "undo/"), {"redemption": last})
    again = till.post(address(school, "undo/"), {"redemption": last})

    assert undone.status_code == 302
    assert (again.status_code, result_of(again.content.decode())) == (409, "refused")
    assert balance_yen(coupon.account) == 29_000
    for nonsense in ("nonsense", "", "-1", "9" * 5_000, "\x00", "１"):
        refused = till.post(address(school, "undo/"), {"redemption": nonsense})
        assert refused.status_code == NothingToUndo.status
        assert str(NothingToUndo()) in refused.content.decode()  # words for people, not Python's


def test_the_list_costs_the_same_queries_however_long(school: School, coupon: Coupon, till: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert till.get(address(school)).status_code == 200
        return len(seen)

    queries()
    empty = queries()
    for _ in range(9):
        spend = Spend(amount_yen=10, category="tuition", request_key=uuid4())
        redeem_at_counter(counter=school.counter, code=coupon.code, spend=spend, actor=school.clerk)
    assert queries() == empty


def test_a_device_that_is_not_enrolled_is_told_what_to_do(school: School, till: Client) -> None:
    till.cookies.clear()
    till.force_login(school.clerk.user)

    answer = till.get(address(school))

    assert answer.status_code == 403
    assert "/shibuya/device/enrol/" in answer.content.decode()
    typed = {"code": "x", "amount_yen": "1", "category": "tuition", "request_key": str(uuid4())}
    assert till.post(address(school, "redeem/"), typed).status_code == 403
    assert till.post(address(school, "journal/")).status_code == 404


def test_one_counter_opens_at_once_and_two_are_a_choice(school: School, till: Client) -> None:
    assert till.get("/shibuya/counter/")["Location"] == address(school)

    second = Classroom.objects.create(provider=school.provider, name="二号室", area="渋谷")
    add_staff(classroom=second, person=school.clerk, actor=school.owner)
    page = till.get("/shibuya/counter/")
    assert page.status_code == 200
    assert "二号室" in page.content.decode()


def test_strangers_and_other_clerks_see_no_counter(school: School, foreign_school: School) -> None:
    for person in (
        member(school.program, Role.COUNTER, "other@x.example"),
        foreign_school.clerk,
        school.owner,
        member(school.program, Role.GUARDIAN),
    ):
        client = Client()
        client.force_login(person.user)
        client.cookies[f"device_{school.program.pk}"] = school.tablet_token
        assert client.get(address(school)).status_code == 404
        assert client.post(address(school, "redeem/")).status_code == 404
    assert Client().get(address(school)).status_code == 302


def test_a_suspended_school_reads_why(school: School, coupon: Coupon, till: Client) -> None:
    page = till.post(address(school), {"code": coupon.code, "amount_yen": "1000", "category": "tuition"})
    suspend(provider=school.provider, reason="確認", actor=school.office)

    assert 'name="code"' not in till.get(address(school)).content.decode()
    answer = till.post(address(school, "redeem/"), hidden(page.content.decode()))
    assert (answer.status_code, result_of(answer.content.decode())) == (409, "refused")


def test_the_journal_learns_which_keys_stand(school: School, coupon: Coupon, till: Client) -> None:
    taken, lost = uuid4(), uuid4()
    spend = Spend(amount_yen=10, category="tuition", request_key=taken)
    redeem_at_counter(counter=school.counter, code=coupon.code, spend=spend, actor=school.clerk)

    answer = till.post(address(school, "journal/"), {"key": [str(taken), str(lost), "x"]})

    assert answer.json() == {"taken": [str(taken)]}


@pytest.mark.django_db(transaction=True)
def test_taking_a_coupon_is_at_most_eight_statements(
    committed_school: School, committed_coupon: Coupon
) -> None:
    school = committed_school
    client = Client()
    client.force_login(school.clerk.user)
    client.cookies[f"device_{school.program.pk}"] = school.tablet_token
    typed = {"code": committed_coupon.code, "amount_yen": "10", "category": "tuition"}
    client.post(address(school, "redeem/"), {**typed, "request_key": str(uuid4())})

    with CaptureQueriesContext(connection) as seen:
        answer = client.post(address(school, "redeem/"), {**typed, "request_key": str(uuid4())})

    assert (answer.status_code, result_of(answer.content.decode())) == (200, "done")
    said = [query["sql"].split(";")[0][:70] for query in seen.captured_queries]
    assert len(said) <= 8, said
    assert "BEGIN" in said and said[-1] == "COMMIT"
