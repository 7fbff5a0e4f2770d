"""Gifts that are paid after the payment page: at a shop and by bank; and PayPay, that asks on a page of its own."""

import pytest
from playwright.sync_api import Page, expect

from donations.models import Donation, Finding
from programs.scoping import acting_in
from tests.journeys.giving import paying
from tests.journeys.giving.story import Story, money

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]


def with_slip(story: Story, *, way: str, amount: str = "10000") -> tuple[Page, str]:
    """Given and on our result page, with something to pay; the address of the shop's number or the account."""
    page = story.opened()
    story.give(page, amount, way=way)
    story.see(page, "payment-page", is_ours=False)
    paying.for_a_slip(page)
    story.see(page, "slip", is_ours=False)
    slip = page.url
    page.locator("a.button").click()
    story.stays(page, "checking", "お支払いをお願いします", "お金はまだ動いていません")
    story.see(page, "to-pay", wide=True)
    return page, slip


def test_konbini_is_paid_later_at_the_till(story: Story) -> None:
    page, slip = with_slip(story, way="konbini")
    home = page.url
    assert home.split("?")[0] in story.mail("お支払い")
    page.get_by_role("link", name="コンビニで使う番号を見る").click()
    assert page.url == slip
    paying.answer(page, "pay")
    expect(page.locator("h1")).to_contain_text("お支払いが済みました")
    page.goto(home)

    story.stays(page, "done", "ご寄付を受け取りました", "コンビニ")
    story.see(page, "thanks")
    story.mail("ご寄付ありがとうございます")
    story.ends_with(10_000)


def test_a_konbini_number_that_ran_out_owes_nothing(story: Story) -> None:
    page, slip = with_slip(story, way="konbini")
    home = page.url
    page.goto(slip)
    paying.answer(page, "expire")
    page.goto(home)

    story.stays(page, "refused", "お支払いの期限が過ぎました", "お金は動いていません")
    story.see(page, "ran-out")
    page.get_by_role("link", name="もう一度始める").click()
    expect(page.locator("#id_amount_choice_1")).to_be_checked()
    assert [gift.state for gift in story.gifts] == [Donation.State.EXPIRED]
    story.ends_with()


def test_a_bank_transfer_in_two_parts_and_exactly(story: Story) -> None:
    page, slip = with_slip(story, way="bank_transfer", amount="25000")
    home = page.url
    assert home.split("?")[0] in story.mail("お支払い")
    page.goto(slip)
    paying.transfer(page, 10_000)
    page.goto(home)
    story.stays(page, "checking", "残りの振込をお待ちしています")
    expect(page.locator("[data-result=checking]")).to_contain_text(money(15_000))
    story.see(page, "too-little")
    page.goto(slip)
    paying.transfer(page, 15_000)
    page.goto(home)

    story.stays(page, "done", "銀行振込")
    story.see(page, "thanks")
    story.ends_with(25_000)


def test_too_much_by_bank_books_the_gift_and_asks_the_secretariat(story: Story) -> None:
    page, slip = with_slip(story, way="bank_transfer")
    home = page.url
    page.goto(slip)
    paying.transfer(page, 13_000)
    page.goto(home)
    story.stays(page, "done")
    expect(page.locator("[data-result=done]")).to_contain_text(money(10_000))
    story.told()

    office = story.opened(story.cast.office)
    office.goto(f"{story.product.url}/{story.cast.program.slug}/office/questions/")
    expect(office.locator("main")).to_contain_text(money(3_000))
    story.see(office, "questions")
    office.locator("main a[href*='/office/questions/']").first.click()
    expect(office.locator("main")).to_contain_text(money(3_000))
    story.see(office, "question", wide=True)
    with acting_in(story.cast.program.pk):
        assert Finding.objects.get().kind == Finding.Kind.TOO_MUCH_SENT
    story.ends_with(10_000)


def test_paypay_says_no_and_then_yes(story: Story) -> None:
    story.expected = {422}
    page = story.opened()
    story.give(page, way="paypay")
    page.locator("main button").click()
    story.see(page, "paypay", is_ours=False)
    paying.answer(page, "no")
    expect(page.locator("[role=alert]")).to_contain_text("お金は動いていません")
    page.locator("a.back").click()
    story.stays(page, "refused", "お金は動いていません")
    story.see(page, "stopped")
    page.get_by_role("link", name="お支払いを続ける").click()
    page.locator("main button").click()
    paying.answer(page, "yes")

    story.stays(page, "done", "PayPay")
    story.see(page, "thanks")
    story.ends_with(10_000)
