"""A gift to an all-or-nothing campaign: the card is saved; then charged, declined, let go, or taken back."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from donations.models import Campaign
from donations.watch_promises import watch_all
from programs.scoping import acting_in
from tests.donations.promises import DECLINED_LATER, all_or_nothing, over
from tests.journeys.giving import paying
from tests.journeys.giving.cast import organisation_of
from tests.journeys.giving.story import EMAIL, SHOWN, Story, money
from tests.journeys.giving.test_monthly import books_agree

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]


def promised(story: Story, *, goal_yen: int, card: str = paying.GOOD) -> tuple[Page, str]:
    """10,000 yen promised on the stand-in's page; our result page and its address."""
    with acting_in(story.cast.program.pk):
        campaign = all_or_nothing(organisation_of(story.cast), story.cast.office, goal_yen=goal_yen)
    story.cast = replace(story.cast, campaign_id=campaign.pk)
    page = story.opened()
    page.goto(story.product.url + story.cast.campaign_path)
    page.locator("#id_amount_own").fill("10000")
    page.locator("#id_email").fill(EMAIL)
    page.locator("#id_public_name").fill(SHOWN)
    page.locator("#id_agreed").check()
    expect(page.locator("button.give-button")).to_contain_text("10,000円")
    story.see(page, "form", wide=True)
    story.send(page)
    page.wait_for_url("**/c/**")
    story.see(page, "card-page", is_ours=False)
    paying.with_card(page, card)
    story.stays(page, "done", "お金はまだいただいていません")
    story.see(page, "saved", wide=True)
    assert page.url.split("?")[0] in story.mail("寄付")
    return page, page.url


def ends(story: Story) -> None:
    """Its last day is over; the timetable comes by."""
    with acting_in(story.cast.program.pk):
        over(Campaign.objects.get(pk=story.cast.campaign_id), days_ago=2)
    watch_all()
    story.told()


def test_the_goal_is_met_and_the_card_is_charged(story: Story) -> None:
    page, home = promised(story, goal_yen=10_000)
    ends(story)
    page.goto(home)

    story.stays(page, "done", "ご寄付を受け取りました")
    story.see(page, "charged")
    books_agree(story, 10_000)


def test_the_goal_is_missed_and_nothing_is_taken(story: Story) -> None:
    page, home = promised(story, goal_yen=20_000)
    ends(story)
    page.goto(home)

    story.stays(page, "done", "目標")
    story.see(page, "let-go")
    assert "10,000円" in story.mail("お金は")
    page.goto(story.product.url + story.cast.campaign_path)
    story.see(page, "campaign-missed")
    books_agree(story)


def test_a_card_that_is_declined_at_the_end_is_paid_on_a_page(story: Story) -> None:
    page, home = promised(story, goal_yen=10_000, card=DECLINED_LATER)
    ends(story)
    page.goto(home)
    story.stays(page, "refused", "お金はいただいていません")
    story.see(page, "declined", wide=True)
    page.locator("main form button").click()
    page.wait_for_url("**/c/pay/**")
    paying.with_card(page)

    story.stays(page, "done")
    expect(page.locator("main")).to_contain_text(money(10_000))
    books_agree(story, 10_000)


def test_a_promise_is_taken_back(story: Story) -> None:
    page, _home = promised(story, goal_yen=20_000)
    page.locator("main details summary").click()
    story.see(page, "take-back")
    page.locator("main details button").click()

    story.stays(page, "done", "取り消しました")
    story.see(page, "taken-back")
    books_agree(story)
