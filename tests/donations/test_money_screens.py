"""The secretariat's pages about money by hand and the bank, and donations.money_queries."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from donations.models import (
    BankLine,
    BankMatch,
    BankStatement,
    Campaign,
    CompanyGift,
    Grant,
    Invoice,
    OfflineGift,
    Organisation,
    ReceivingAccount,
    SponsorFund,
)
from donations.money_queries import funds_with_yen, money_waiting
from ledger.models import Transfer
from programs.models import Membership, Program
from tests.donations.by_hand import FACTS, a_fund, a_promise, csv_of, noted, promised, second_person
from tests.donations.by_hand import with_account as account_of
from tests.families.screens import signed_in_as, url

MONEY = "office/money/"


def text(response: HttpResponse) -> str:
    """The page's words without markup."""
    return unescape(re.sub(r"<[^>]+>", "", response.content.decode()))


@pytest.fixture
def browser(office: Membership) -> Client:
    return signed_in_as(office)


@pytest.fixture
def second(program: Program) -> Membership:
    return second_person(program)


def go(browser: Client, program: Program, path: str = "", **query: Any) -> HttpResponse:
    return browser.get(url(program, MONEY + path), query)


def send(browser: Client, program: Program, path: str, **typed: Any) -> HttpResponse:
    return browser.post(url(program, MONEY + path), typed, follow=True)


def gift_typed(campaign: Campaign, **changes: Any) -> dict[str, Any]:
    typed = {
        "campaign": campaign.pk,
        "way": "cash",
        "amount_yen": "５０，０００円",
        "received_on": "2027-03-10",
        "donor_name": "山田 花子",
        "request_key": uuid4(),
    }
    return {**typed, **changes}


def test_one_notes_and_another_books(
    program: Program, campaign: Campaign, browser: Client, second: Membership
) -> None:
    page = text(send(browser, program, "gifts/new/", **gift_typed(campaign)))
    gift = OfflineGift.objects.get()
    assert "50,000" in page and "2人目の確認待ち" in page

    mine = go(browser, program, f"gifts/{gift.pk}/").content.decode()
    assert "ご自身が入力した寄付です" in mine and "お金を確認したので" not in mine
    refused = send(browser, program, f"gifts/{gift.pk}/")
    assert refused.status_code == 403 and "ほかの人に確認と記帳を頼んで" in text(refused)
    assert not Transfer.objects.exists()

    theirs = signed_in_as(second)
    preview = text(go(theirs, program, f"gifts/{gift.pk}/"))
    assert "45,000" in preview and "5,000" in preview and "お金を確認したので50,000円を記帳する" in preview
    assert "寄付を記帳しました" in text(send(theirs, program, f"gifts/{gift.pk}/"))
    assert Transfer.objects.count() == 2


def test_a_wrong_form_keeps_what_was_typed(program: Program, campaign: Campaign, browser: Client) -> None:
    page = send(browser, program, "gifts/new/", **gift_typed(campaign, amount_yen="百円"))
    assert (
        page.status_code == 422 and "百円" in page.content.decode() and "山田 花子" in page.content.decode()
    )

    future = send(browser, program, "gifts/new/", **gift_typed(campaign, received_on="2027-04-01"))
    assert future.status_code == 422 and "まだ来ていない日" in text(future)
    assert not OfflineGift.objects.exists()


def test_a_second_gift_of_the_same_day_and_amount_is_shown(
    program: Program, campaign: Campaign, office: Membership, second: Membership
) -> None:
    noted(campaign, office)
    other = noted(campaign, office)
    assert "二重の入力ではありませんか" in text(go(signed_in_as(second), program, f"gifts/{other.pk}/"))


def test_a_gift_is_not_booked_with_a_reason(
    program: Program, campaign: Campaign, office: Membership, browser: Client
) -> None:
    gift = noted(campaign, office)
    assert send(browser, program, f"gifts/{gift.pk}/reject/").status_code == 422
    send(browser, program, f"gifts/{gift.pk}/reject/", words="二重")
    gift.refresh_from_db()
    assert (gift.state, gift.reason) == ("rejected", "二重")


def test_from_the_fund_to_the_paper_invoice(
    program: Program, organisation: Organisation, browser: Client
) -> None:
    send(
        browser,
        program,
        "funds/new/",
        organisation=organisation.pk,
        name="笹幡の中学生基金",
        conditions="笹幡の中学生のため",
    )
    fund = SponsorFund.objects.get()
    company = {
        "fund": fund.pk,
        "company": "株式会社あおぞら",
        "address": "渋谷区1-2-3",
        "payer_kana": "カ)アオゾラ",
        "amount_yen": "300000",
        "promised_on": "2027-03-10",
        "request_key": uuid4(),
    }
    send(browser, program, "companies/new/", **company)
    gift = CompanyGift.objects.get()
    days = {"issued_on": "2027-03-11", "due_on": "2027-04-30"}

    refused = send(browser, program, f"companies/{gift.pk}/", **days)
    assert refused.status_code == 409 and "先に団体の口座を登録" in text(refused)

    send(
        browser,
        program,
        "account/",
        organisation=organisation.pk,
        **{**vars(FACTS), "number": "１２３４５６"},
    )
    assert ReceivingAccount.objects.get().number == "0123456"
    backwards = send(browser, program, f"companies/{gift.pk}/", issued_on="2027-03-11", due_on="2027-03-10")
    assert backwards.status_code == 422

    paper = text(send(browser, program, f"companies/{gift.pk}/", **days))

    for word in (
        "2026-0001",
        "株式会社あおぞら 御中",
        "300,000",
        "対象外（不課税）",
        "みらい銀行",
        "0123456",
    ):
        assert word in paper
    assert "認定NPO法人 まなびの会" in paper and "2027年4月30日" in paper


def test_everyone_sees_public_funds_and_no_others(
    program: Program, organisation: Organisation, office: Membership
) -> None:
    a_fund(organisation, office)
    hidden = a_fund(organisation, office, "ひみつの基金")
    SponsorFund.objects.filter(pk=hidden.pk).update(is_public=False)

    page = Client().get(url(program, "")).content.decode()

    assert "笹幡の中学生のため" in page and "ひみつの基金" not in page


def test_a_gift_called_off_says_so_on_its_invoice(
    program: Program, organisation: Organisation, office: Membership, browser: Client
) -> None:
    account_of(organisation, office)
    gift = promised(a_fund(organisation, office), office)
    send(browser, program, f"companies/{gift.pk}/", issued_on="2027-03-11", due_on="2027-04-30")
    send(browser, program, f"companies/{gift.pk}/cancel/")
    assert "送らないでください" in text(go(browser, program, f"invoices/{Invoice.objects.get().pk}/"))


def upload(browser: Client, program: Program, organisation: Organisation, content: bytes) -> HttpResponse:
    statement = SimpleUploadedFile("meisai.csv", content)
    return send(browser, program, "bank/upload/", organisation=organisation.pk, statement=statement)


def packed_in(page: HttpResponse) -> str:
    found = re.search(r'name="packed" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def test_a_statement_is_looked_at_first_and_then_taken_in_once(
    program: Program, organisation: Organisation, office: Membership, browser: Client
) -> None:
    promised(a_fund(organisation, office), office)
    rows = [
        ("2027/3/12", "300000", "", "ｶ)ｱｵｿﾞﾗ"),
        ("2027/3/13", "1000", "", "ﾅｿﾞ"),
        ("=1+1", "1", "", "いつか"),
    ]
    content = csv_of(*rows, coding="cp932")

    shown = upload(browser, program, organisation, content)
    assert "2件を取り込む" in text(shown) and not BankStatement.objects.exists()
    typed = {"organisation": organisation.pk, "packed": packed_in(shown)}

    bad = send(browser, program, "bank/rows.csv", **typed).content.decode("utf-8-sig")
    assert bad.splitlines()[0] == "行,理由,内容" and "いつか" in bad
    assert "'=1+1" in bad  # no spreadsheet runs it

    page = text(send(browser, program, "bank/take-in/", **typed))
    assert "2件を取り込みました" in page and "株式会社あおぞら からの入金と思われます" in page
    theirs = text(go(signed_in_as(second_person(program)), program, "bank/"))
    assert "株式会社あおぞらとして記帳する" in theirs
    again = text(upload(browser, program, organisation, content))
    assert "新しい明細はありません" in again
    send(browser, program, "bank/take-in/", **typed)
    assert BankLine.objects.count() == 2


def test_one_click_books_the_sure_line_and_the_other_is_set_aside(
    program: Program, organisation: Organisation, office: Membership, browser: Client
) -> None:
    gift = promised(a_fund(organisation, office), office)
    content = csv_of(("2027/3/12", "300000", "", "ｶ)ｱｵｿﾞﾗ"), ("2027/2/1", "1000", "", "ﾅｿﾞ"))
    shown = upload(browser, program, organisation, content)
    send(browser, program, "bank/take-in/", organisation=organisation.pk, packed=packed_in(shown))
    sure, other = BankLine.objects.order_by("-amount_yen")
    assert "別の人に確認してもらってください" in text(
        send(browser, program, f"bank/{sure.pk}/", about=gift.source)
    )

    browser = signed_in_as(second_person(program))
    page = text(send(browser, program, f"bank/{sure.pk}/", about=gift.source))
    assert "明細を照合しました" in page and "58日" in page and "長期" in page

    assert "この金額の入金予定はありません" in text(go(browser, program, f"bank/{other.pk}/"))
    assert send(browser, program, f"bank/{other.pk}/", about=gift.source).status_code == 409
    send(browser, program, f"bank/{other.pk}/aside/", words="利息")
    assert "すべての入金を照合しました" in text(go(browser, program, "bank/"))
    assert BankMatch.objects.count() == 2 and Transfer.objects.count() == 1


def test_who_may_not_confirm_a_line_is_offered_no_button_but_who_can(
    program: Program, organisation: Organisation, office: Membership, browser: Client
) -> None:
    gift = promised(a_fund(organisation, office), office)
    shown = upload(browser, program, organisation, csv_of(("2027/3/12", "300000", "", "ｶ)ｱｵｿﾞﾗ")))
    send(browser, program, "bank/take-in/", organisation=organisation.pk, packed=packed_in(shown))
    line = BankLine.objects.get()
    places = ("bank/", f"bank/{line.pk}/")

    for place in places:
        page = go(browser, program, place)
        assert gift.source not in page.content.decode()
        assert "確認はほかの方が行います" in text(page) and "事務局の担当者がほかにいません" in text(page)
    second = second_person(program)
    for place in places:
        page = go(browser, program, place)
        assert gift.source not in page.content.decode() and str(second.user) in text(page)
        assert str(office.user) not in text(page).partition("確認できる方")[2].partition("\n")[0]
        theirs = go(signed_in_as(second), program, place)
        assert gift.source in theirs.content.decode() and "確認できる方" not in text(theirs)


@pytest.mark.parametrize("packed", ["", "x", "eJw=", "////"])
def test_a_broken_page_takes_nothing_in(
    program: Program, organisation: Organisation, browser: Client, packed: str
) -> None:
    for path in ("bank/take-in/", "bank/rows.csv"):
        page = send(browser, program, path, organisation=organisation.pk, packed=packed)
        assert page.status_code == 200 and "何も取り込んでいません" in text(page)
    assert not BankStatement.objects.exists()


def test_a_file_that_is_no_statement_is_refused_in_words(
    program: Program, organisation: Organisation, browser: Client
) -> None:
    for content in (b"hello", b"\x00\x81\xff"):
        page = upload(browser, program, organisation, content)
        assert page.status_code == 422 and "読み取れませんでした" in text(page)


def test_a_promise_is_noted_and_listed(program: Program, organisation: Organisation, browser: Client) -> None:
    typed = {
        "organisation": organisation.pk,
        "funder": "渋谷区",
        "amount_yen": "1,000,000",
        "promised_on": "2027-03-10",
        "document": "第12号",
        "request_key": uuid4(),
    }
    page = text(send(browser, program, "grants/new/", **typed))
    assert "入金されたらクーポンを交付できます" in page and "1,000,000" in page and "第12号" in page
    assert Grant.objects.get().bank == organisation.bank


def test_what_waits_is_counted(
    program: Program, campaign: Campaign, organisation: Organisation, office: Membership, browser: Client
) -> None:
    noted(campaign, office)
    promised(a_fund(organisation, office), office)
    a_promise(office, organisation=organisation)
    waiting = money_waiting()
    assert (waiting.gifts, waiting.companies, waiting.grants, waiting.lines) == (1, 1, 1, 0)
    assert (waiting.gifts_yen, waiting.companies_yen, waiting.grants_yen) == (50_000, 300_000, 1_000_000)
    assert [yen for _fund, yen in funds_with_yen()] == [0]
    for path in ("", "gifts/", "companies/", "grants/", "bank/"):
        assert go(browser, program, path).status_code == 200
    assert "記帳を待つ手入力の寄付" in text(browser.get(url(program, "office/")))


def test_without_an_organisation_the_pages_say_what_to_do(program: Program, browser: Client) -> None:
    for path in ("account/", "funds/new/", "grants/new/", "bank/upload/"):
        assert "受領団体がまだありません" in text(go(browser, program, path))
    assert "冠基金がまだありません" in text(go(browser, program, "companies/new/"))


def test_with_nothing_to_explain_the_tile_says_so(browser: Client, program: Program) -> None:
    shown = text(go(browser, program))
    assert "確認が必要な明細はありません" in shown and "最も古いもので" not in shown
