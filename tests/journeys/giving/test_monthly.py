"""A monthly gift by card: begun, changed, stopped; and a card that is declined on the way."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from donations.models import Pledge
from programs.models import Membership, Role
from programs.scoping import acting_in
from tests.donations.monthly import standing_campaign
from tests.journeys.giving import paying
from tests.journeys.giving.cast import organisation_of
from tests.journeys.giving.story import EMAIL, SHOWN, Story, money, verified

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]


def at_a_standing_campaign(story: Story) -> Page:
    with acting_in(story.cast.program.pk):
        campaign = standing_campaign(organisation_of(story.cast), story.cast.office, presets=[1_000, 3_000])
    story.cast = replace(story.cast, campaign_id=campaign.pk)
    page = story.opened()
    page.goto(story.product.url + story.cast.campaign_path)
    return page


def fill(page: Page, amount: str) -> None:
    page.locator("input[name=rhythm][value=monthly]").check(force=True)
    page.locator("#id_amount_own").fill(amount)
    page.locator("#id_email").fill(EMAIL)
    page.locator("#id_public_name").fill(SHOWN)
    page.locator("#id_agreed").check()


def books_agree(story: Story, *paid: int) -> None:
    """Our gifts, our books and the stand-in's own books say the same; no page was wrong."""
    story.told()
    witness, said = story.witness(), verified()
    assert sorted(gift.amount_yen for gift in story.gifts if gift.state == "paid") == sorted(paid)
    assert witness["agrees"] and witness["charged_yen"] == sum(paid)
    assert said["violations"] == 0, said["offenders"]
    assert [one["donated_yen"] for one in said["programs"]] == [sum(paid)]
    story.is_clean()


def test_a_monthly_gift_is_begun_changed_and_stopped(story: Story) -> None:
    page = at_a_standing_campaign(story)
    expect(page.locator("input[name=rhythm][value=once]")).to_be_checked()  # never monthly by itself
    fill(page, "３，０００")
    expect(page.locator("#give")).to_contain_text("1回目は今日、次は")
    expect(page.locator("#give")).to_contain_text("いつでも")
    story.see(page, "form", wide=True)
    story.send(page)
    page.wait_for_url("**/c/pay/**")
    story.see(page, "payment-page", is_ours=False)
    paying.with_card(page)
    story.stays(page, "done")
    story.see(page, "begun", wide=True)
    assert "毎月3,000円" in story.mail("毎月の寄付")
    story.told()

    change_and_stop(story)
    books_agree(story, 3_000)


def change_and_stop(story: Story) -> None:
    """On the donor's own page: another amount, then no more."""
    with acting_in(story.cast.program.pk):
        donor = Membership.objects.get(role=Role.DONOR, user__email=EMAIL)
    mine = story.opened(donor)
    mine.goto(f"{story.product.url}/{story.cast.program.slug}/my/")
    story.see(mine, "my-gifts")
    mine.locator("main a[href*='/monthly/']").first.click()
    expect(mine.locator("main")).to_contain_text(money(3_000))
    story.see(mine, "my-monthly", wide=True)
    mine.get_by_role("link", name="金額を変える").click()
    mine.locator("#id_amount").fill("5000")
    story.see(mine, "change")
    mine.locator("main form button").click()
    expect(mine.locator("main")).to_contain_text(money(5_000))
    story.told()
    mine.get_by_role("link", name="毎月の寄付を停止").first.click()
    story.see(mine, "stop")
    mine.locator("main form button").click()
    expect(mine.locator("main")).to_contain_text("今後")
    story.see(mine, "stopped")
    story.told()
    with acting_in(story.cast.program.pk):
        pledge = Pledge.objects.get()
    assert (pledge.amount_yen, pledge.state) == (5_000, "ended")


def test_a_declined_card_begins_nothing_and_what_was_typed_stays(story: Story) -> None:
    story.expected = {422}
    page = at_a_standing_campaign(story)
    fill(page, "3000")
    story.send(page)
    page.wait_for_url("**/c/pay/**")
    paying.with_card(page, paying.DECLINED)
    expect(page.locator("[role=alert]")).to_contain_text("お金は動いていません")
    page.locator("a.back").click()
    expect(page.locator("main")).to_contain_text("お金は")
    story.see(page, "stopped", wide=True)
    page.locator(f"main a[href*='{story.cast.campaign_path}']").first.click()
    expect(page.locator("#id_email")).to_have_value(EMAIL)
    expect(page.locator("input[name=rhythm][value=monthly]")).to_be_checked()
    story.see(page, "form-again")
    books_agree(story)
