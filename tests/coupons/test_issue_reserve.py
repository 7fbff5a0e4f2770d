"""coupons.issue while the loss reserve is below zero: nothing new from funds of campaigns, the rest goes on."""

import pytest

from coupons.errors import ReserveShort
from coupons.issue import issue
from coupons.issue_many import issue_many, issue_next
from coupons.models import Coupon
from ledger.accounts import the_account
from ledger.models import Account, Kind
from ledger.post import post
from outbox.models import Job
from programs.models import Membership, ProgramYear
from tests.coupons.cast import a_fund, an_application
from tests.ledger.test_reserve import fund_from, take_out
from tests.metrics.conftest import signed_in


@pytest.fixture
def card_fund(year: ProgramYear) -> Account:
    return fund_from(Kind.STRIPE_CLEARING, 1_000_000)


def fill(yen: int) -> None:
    operating, reserve = the_account(Kind.OPERATING, "running"), the_account(Kind.LOSS_RESERVE, "reserve")
    post(debit=operating, credit=reserve, amount_yen=yen, source="fill:1")


def test_nothing_is_issued_until_it_is_filled(
    year: ProgramYear, office: Membership, card_fund: Account
) -> None:
    application = an_application(year, office)
    take_out(7_000)

    with pytest.raises(ReserveShort, match="7,000"):
        issue(application=application, fund=card_fund, actor=office)
    assert not Coupon.objects.exists()

    fill(7_000)
    assert issue(application=application, fund=card_fund, actor=office).face_yen == year.face_yen


def test_a_grant_is_not_stopped(year: ProgramYear, office: Membership) -> None:
    take_out(7_000)
    assert issue(application=an_application(year, office), fund=a_fund(1_000_000), actor=office)


def test_no_list_is_begun_and_one_that_runs_notes_it(
    year: ProgramYear, office: Membership, card_fund: Account
) -> None:
    chosen = [an_application(year, office).pk for _ in range(2)]
    job = issue_many(year=year, fund=card_fund, applications=chosen, actor=office)
    take_out(1)
    issue_next(job)
    assert not Coupon.objects.exists()
    assert {one["code"] for one in job.outcome} == {"reserve_short"}

    with pytest.raises(ReserveShort):
        issue_many(year=year, fund=card_fund, applications=chosen, actor=office)
    assert Job.objects.count() == 1


def test_the_page_before_issuing_says_so_and_has_no_button(
    year: ProgramYear, office: Membership, card_fund: Account
) -> None:
    asked = {"fund": card_fund.pk, "application": an_application(year, office).pk, "count": 1}
    screen = signed_in(office)
    assert "人に発行する" in screen.get("/shibuya/office/coupons/check/", asked).content.decode()
    take_out(7_000)
    page = screen.get("/shibuya/office/coupons/check/", asked).content.decode()
    assert "損失準備金が7,000円不足しています" in page and "人に発行する" not in page
