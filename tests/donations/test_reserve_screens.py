"""donations/views/reserve.py: the loss reserve as the secretariat sees it."""

from uuid import uuid4

import pytest
from django.test import Client

from donations.models import ReserveFill
from ledger.reserve import reserve_yen
from programs.models import Membership, Program, Role
from tests.conftest import member
from tests.donations.by_hand import second_person
from tests.donations.reserve import asked, with_running_costs
from tests.donations.test_donor_screens import text_of
from tests.ledger.test_reserve import take_out
from tests.metrics.conftest import signed_in

PAGE = "/shibuya/office/money/reserve/"


@pytest.fixture
def screen(program: Program, office: Membership) -> Client:
    with_running_costs(50_000)
    return signed_in(office)


def test_one_asks_and_another_moves_it(screen: Client, program: Program) -> None:
    typed = {"amount_yen": "３０，０００", "reason": "返金のため", "request_key": str(uuid4())}
    for _ in range(2):  # sent twice is one
        assert screen.post(PAGE, typed).status_code == 302
    fill = ReserveFill.objects.get()
    mine = screen.get(f"{PAGE}{fill.pk}/").content.decode()
    assert "ご自分の申請です" in mine and "準備金に移す" not in mine
    assert screen.post(f"{PAGE}{fill.pk}/").status_code == 403

    other = signed_in(second_person(program))
    words = text_of(other.get(f"{PAGE}{fill.pk}/"))
    assert "30,000円を準備金に移す" in words and "20,000円" in words
    assert other.post(f"{PAGE}{fill.pk}/").status_code == 302
    assert reserve_yen() == 30_000
    assert "補充済み" in text_of(screen.get(PAGE))


def test_what_is_wrong_is_said_and_kept(screen: Client) -> None:
    answer = screen.post(PAGE, {"amount_yen": "50001", "reason": "返金のため", "request_key": str(uuid4())})
    assert answer.status_code == 409
    assert "運営費の残高は50,000円です" in text_of(answer) and "返金のため" in answer.content.decode()
    assert screen.post(PAGE, {"amount_yen": "", "reason": "", "request_key": ""}).status_code == 422
    assert not ReserveFill.objects.exists()


def test_it_can_be_dropped_with_words(screen: Client, office: Membership) -> None:
    fill = asked(office)
    assert screen.post(f"{PAGE}{fill.pk}/drop/", {"words": ""}).status_code == 422
    assert screen.post(f"{PAGE}{fill.pk}/drop/", {"words": "間違い"}).status_code == 302
    assert "間違い" in text_of(screen.get(f"{PAGE}{fill.pk}/"))


def test_below_zero_says_what_stops(screen: Client) -> None:
    take_out(7_000)
    words = text_of(screen.get(PAGE))
    assert "準備金が7,000円不足しています" in words and "−7,000円" in words


@pytest.mark.parametrize("role", [Role.DONOR, Role.CITY, Role.COUNTER, Role.GUARDIAN])
def test_others_find_no_page(program: Program, role: Role) -> None:
    assert signed_in(member(program, role)).get(PAGE).status_code == 404
