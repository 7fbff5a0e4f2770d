"""What two people of the secretariat do with money by hand: note and book, pay back, invoice a company."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from donations.models import OfflineGift, SponsorFund
from kernel.clock import today
from ledger.balances import balance_yen
from programs.scoping import acting_in
from tests.donations.by_hand import csv_of
from tests.donations.reading_paper import text_of
from tests.journeys.giving import paying
from tests.journeys.giving.story import Story, money

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]


def go(story: Story, page: Page, path: str) -> None:
    """To a page of the secretariat."""
    page.goto(f"{story.product.url}/{story.cast.program.slug}/office/{path}")


def test_a_gift_by_hand_is_noted_by_one_and_booked_by_another(story: Story) -> None:
    first = story.opened(story.cast.office)
    go(story, first, "money/gifts/new/")
    first.locator("#id_amount_yen").fill("５０，０００円")
    first.locator("#id_donor_name").fill("山田 花子")
    story.see(first, "note")
    first.locator("main form button").last.click()
    expect(first.locator("main")).to_contain_text(money(50_000))
    story.see(first, "noted")
    with acting_in(story.cast.program.pk):
        noted = OfflineGift.objects.get()
    go(story, first, f"money/gifts/{noted.pk}/")
    expect(first.get_by_role("button", name="お金を確認した")).to_have_count(0)  # one's own note
    story.see(first, "mine")

    second = story.opened(story.cast.second)
    go(story, second, f"money/gifts/{noted.pk}/")
    story.see(second, "another-looks", wide=True)
    second.get_by_role("button", name="お金を確認したので50,000円を記帳する").click()
    expect(second.locator("main")).to_contain_text("記帳")
    story.see(second, "booked")
    page = story.opened()
    page.goto(story.product.url + story.cast.campaign_path)
    expect(page.locator("main")).to_contain_text(money(50_000))
    story.ends_with(by_hand=50_000)


def test_a_part_of_a_gift_is_paid_back(story: Story) -> None:
    page = story.opened()
    story.give(page)
    paying.with_card(page)
    story.stays(page, "done")
    story.told()
    office = story.opened(story.cast.office)
    go(story, office, f"gifts/{story.gifts[0].pk}/")
    story.see(office, "gift")
    office.get_by_role("link", name="返金").last.click()
    office.locator("#id_amount").fill("４，０００円")
    office.locator("#id_reason").fill("二重のお申し出")
    story.see(office, "how-much")
    office.get_by_role("button", name="返金の内訳を確かめる").click()
    expect(office.locator("main")).to_contain_text(money(3_600))
    story.see(office, "what-it-does")
    office.get_by_role("button", name="4,000円を返金する").click()
    story.told()
    office.reload()
    story.see(office, "paid-back")
    assert "4,000" in story.mail("返金")

    page.reload()
    expect(page.locator("[data-result=done]")).to_contain_text(money(6_000))
    story.see(page, "donor")
    story.ends_with(10_000, refunded=4_000)


def test_a_company_gets_an_invoice_and_its_transfer_is_booked(story: Story) -> None:
    story.expected = {403}
    office = story.opened(story.cast.office)
    go(story, office, "money/funds/new/")
    office.locator("#id_name").fill("笹幡の中学生基金")
    story.see(office, "fund")
    office.locator("main form button").last.click()
    go(story, office, "money/companies/new/")
    office.locator("#id_company").fill("株式会社あおぞら")
    office.locator("#id_payer_kana").fill("カ)アオゾラ")
    office.locator("#id_amount_yen").fill("300000")
    story.see(office, "promise")
    office.locator("main form button").last.click()
    office.locator("#id_due_on").fill(str(today() + timedelta(days=30)))
    story.see(office, "invoice-form")
    office.get_by_role("button", name="請求書をつくる").click()
    expect(office.locator("h1")).to_contain_text("請求書")
    story.see(office, "invoice", wide=True)
    paper = text_of(office.pdf(format="A4"))
    assert "株式会社あおぞら" in paper and "300,000" in paper and "0123456" in paper

    on = today().strftime("%Y/%-m/%-d")
    go(story, office, "money/bank/upload/")
    statement = {"name": "bank.csv", "mimeType": "text/csv", "buffer": csv_of((on, "300000", "", "ｶ)ｱｵｿﾞﾗ"))}
    office.locator("input[type=file]").set_input_files(statement)  # type: ignore[arg-type]
    office.locator("main form button").last.click()
    story.see(office, "statement")
    office.locator("main form button").first.click()
    expect(office.locator("main")).to_contain_text(money(300_000))
    # Who took the statement in books nothing of it, and the page says who does.
    expect(office.locator("main")).to_contain_text("ほかの方")
    expect(office.get_by_role("button", name="あおぞら")).to_have_count(0)
    story.see(office, "another-person")

    second = story.opened(story.cast.second)
    go(story, second, "money/bank/")
    second.get_by_role("button", name="あおぞら").first.click()
    expect(second.locator(".notice-success")).to_be_visible()
    go(story, second, "money/companies/")
    expect(second.locator("main")).to_contain_text("入金済み")
    story.see(second, "booked")
    with acting_in(story.cast.program.pk):
        fund = SponsorFund.objects.select_related("account").get().account
        assert balance_yen(fund) == 300_000
    story.ends_with()
