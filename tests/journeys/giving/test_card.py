"""A gift by card: paid, asked for 3-D Secure, declined, given up; then the mail, the donor's page and the receipt."""

import re

import pytest
from playwright.sync_api import expect

from tests.donations.reading_paper import text_of
from tests.journeys.giving import paying
from tests.journeys.giving.story import EMAIL, Story, keeps_what_was_typed, money

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]


def test_card_with_3d_secure_is_paid_and_its_receipt_taken(story: Story) -> None:
    page = story.opened()
    story.form(page, "１２，０００円")
    story.see(page, "form", wide=True)
    story.send(page)
    page.wait_for_url("**/c/pay/**")
    expect(page.locator("h1")).to_contain_text("12,000円")
    story.see(page, "payment-page", is_ours=False)
    paying.with_card(page, paying.SECURE)
    story.see(page, "3d-secure", is_ours=False)
    paying.answer(page, "yes")

    story.stays(page, "done", "ご寄付を受け取りました")
    expect(page.locator("main")).to_contain_text(money(12_000))
    story.see(page, "thanks", wide=True)
    assert page.url.split("?")[0] in story.mail("ご寄付ありがとうございます")
    ask_for_the_receipt(story)
    take_the_receipt(story)
    story.ends_with(12_000)


def ask_for_the_receipt(story: Story) -> None:
    """From the gift's page, once the fee is known and the money is settled."""
    story.told()
    page = story.contexts[0].pages[0]
    page.get_by_role("link", name="受領証明書").first.click()
    page.get_by_label("氏名").fill("髙﨑 𠮷子")
    page.get_by_label("郵便番号").fill("１５０－０００１")
    page.get_by_label("住所").fill("東京都渋谷区神宮前1-2-3")
    story.see(page, "receipt-form")
    page.get_by_role("button", name="受領証明書を申し込む").click()
    expect(page.locator("main")).to_contain_text("ご希望を受け付けました")
    story.see(page, "receipt-asked")


def take_the_receipt(story: Story) -> None:
    """By the code that was mailed; then somebody else confirms its number."""
    story.told()
    address = re.search(r"http://\S+", story.mail("書類"))
    assert address
    page = story.opened()
    page.goto(address[0])
    story.see(page, "sign-in")
    page.locator("#id_code_email").fill(EMAIL)
    page.get_by_role("button", name="番号を受け取る").click()
    story.see(page, "code")
    code = re.search(r"\d{4}-\d{4}", story.mail("ログイン用の番号"))
    assert code
    page.locator("#id_code").fill(code[0])
    page.get_by_role("button", name="次へ進む").click()
    expect(page.locator("h1")).to_contain_text("受領証明書")
    story.see(page, "my-receipts")
    with page.expect_download() as kept:
        page.get_by_role("link", name="PDFを保存").click()
    paper = kept.value.path().read_bytes()
    assert paper.startswith(b"%PDF-") and len(paper) > 5_000
    page.get_by_role("link", name="寄付の記録を見る").click()
    expect(page.locator("main")).to_contain_text(money(12_000))
    story.see(page, "my-gifts")
    confirm_the_number(story, paper)


def confirm_the_number(story: Story, paper: bytes) -> None:
    """Somebody who holds the paper reads its number and check word, and asks us."""
    text = text_of(paper)
    number, word = re.search(r"\d{4}-\d{6}", text), re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    assert number and word, text
    page = story.opened()
    page.goto(f"{story.product.url}/{story.cast.program.slug}/receipts/check/")
    page.get_by_label("受領証明書の番号").fill(number[0])
    page.get_by_label("確認番号").fill(word[0].lower())
    page.get_by_role("button", name="この受領証明書を確かめる").click()
    story.stays(page, "done", "12,000")
    assert "𠮷子" not in page.content()
    story.see(page, "receipt-confirmed")


def test_a_declined_card_takes_nothing_and_another_card_pays(story: Story) -> None:
    story.expected = {422}
    page = story.opened()
    story.give(page)
    paying.with_card(page, paying.DECLINED)
    expect(page.locator("[role=alert]")).to_contain_text("お金は動いていません")
    story.see(page, "declined", is_ours=False)
    paying.with_card(page)

    story.stays(page, "done")
    story.ends_with(10_000)


def test_after_3d_secure_failed_the_donor_comes_back_and_nothing_was_taken(story: Story) -> None:
    story.expected = {422}
    page = story.opened()
    story.give(page)
    paying.with_card(page, paying.SECURE)
    paying.answer(page, "no")
    expect(page.locator("[role=alert]")).to_contain_text("お金は動いていません")
    page.locator("a.back").click()

    story.stays(page, "refused", "お支払いを中止しました", "お金は動いていません")
    story.see(page, "stopped", wide=True)
    page.get_by_role("link", name="お支払いを続ける").click()
    paying.with_card(page)
    story.stays(page, "done")
    story.ends_with(10_000)


def test_a_donor_who_gives_up_on_the_card_pays_another_way_and_types_nothing_again(story: Story) -> None:
    story.expected = {422}
    page = story.opened()
    story.give(page, "12345")
    paying.with_card(page, paying.DECLINED)
    page.locator("a.back").click()
    story.stays(page, "refused", "お金は動いていません")
    page.get_by_role("link", name="お支払い方法を変える").click()
    keeps_what_was_typed(page, amount="12345")
    story.see(page, "kept", wide=True)
    page.locator("input[name=method][value=paypay]").check()
    story.send(page)
    page.wait_for_url("**/c/pay/**")
    page.locator("main button").click()
    paying.answer(page, "yes")

    story.stays(page, "done", "PayPay")
    story.ends_with(12_345)
