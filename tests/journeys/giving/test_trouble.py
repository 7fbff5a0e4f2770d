"""When something is not as it should be: wrong words, a slow network, Stripe away, no scripts, the Back button."""

import pytest
from playwright.sync_api import expect

from donations.models import Donation
from tests.journeys.giving import paying
from tests.journeys.giving.story import EMAIL, Story, keeps_what_was_typed, money

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]
SLOW_3G = {"offline": False, "latency": 2_000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


def sessions_of(story: Story) -> int:
    """How many payment pages the stand-in made for this organisation."""
    key = {"Authorization": f"Bearer {story.cast.stripe_key}"}
    answer = story.product.standin.ask("GET", "/v1/checkout/sessions?limit=100", headers=key)
    assert answer.status == 200, answer.text
    return answer.text.count('"cs_test_')


def test_the_forms_own_errors_say_what_to_do_and_keep_every_entry(story: Story) -> None:
    story.expected = {422}
    page = story.opened()
    story.form(page, "たくさん")
    story.send(page)
    expect(page.locator("#id_amount_error")).to_contain_text("数字")
    keeps_what_was_typed(page, amount="たくさん")
    story.see(page, "no-number")
    page.locator("#id_amount_own").fill("400000")
    page.locator("input[name=method][value=konbini]").check()
    page.locator("#id_email").fill("hanako@")
    page.locator("#id_agreed").uncheck()
    story.send(page)
    expect(page.locator("#id_method_error")).to_contain_text("300,000")
    for name in ("email", "agreed"):
        expect(page.locator(f"#id_{name}_error")).to_be_visible()
    expect(page.locator("form#give")).to_contain_text("お金は動いていません")
    story.see(page, "three-errors", wide=True)
    page.locator("#id_amount_own").fill("10000")
    page.locator("#id_email").fill(EMAIL)
    page.locator("#id_agreed").check()
    story.send(page)

    page.wait_for_url("**/c/pay/**")
    assert [gift.method for gift in story.gifts] == [Donation.Method.KONBINI]
    story.ends_with()


def test_in_english(story: Story) -> None:
    story.language = "en"
    page = story.opened()
    story.form(page)
    story.see(page, "form")
    story.send(page)
    page.wait_for_url("**/c/pay/**")
    paying.with_card(page)

    story.stays(page, "done", "Thank you. Your gift has arrived.", "¥10,000")
    story.see(page, "thanks")
    assert "Thank you for your gift of ¥10,000" in story.mail("Thank you for your gift")
    story.ends_with(10_000)


def test_without_scripts_and_pressed_twice(story: Story) -> None:
    page = story.opened(scripts=False)
    story.form(page)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.wait_for_timeout(3_200)
    story.product.standin.control("faults", {"timeout_after_commit": 1, "hang_ms": 2_000})
    button = page.locator("button.give-button")
    button.scroll_into_view_if_needed()
    place = button.bounding_box()
    assert place
    for _ in range(2):  # the second press, while the first still waits for Stripe: nothing holds it back
        page.mouse.click(place["x"] + 40, place["y"] + 20)
        page.wait_for_timeout(700)
    page.wait_for_url("**/c/pay/**")
    assert len(sent) == 2 and len(story.gifts) == 1 and sessions_of(story) == 1
    paying.with_card(page)

    page.wait_for_url("**/gifts/**")
    for _ in range(20):
        if page.locator("[data-result=done]").count():
            break
        page.reload()
    story.stays(page, "done", "ご寄付を受け取りました")
    story.see(page, "thanks")
    story.ends_with(10_000)


def test_on_a_slow_network_two_presses_are_one_gift(story: Story) -> None:
    page = story.opened()
    story.form(page)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW_3G)
    sent: list[str] = []
    pressed: list[str] = []
    page.on("console", lambda said: pressed.append(said.text) if said.type == "log" else None)
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.wait_for_timeout(3_300)
    button = page.locator("button.give-button")
    button.evaluate("b => b.addEventListener('click', () => console.log(b.getAttribute('aria-busy')))")
    button.dblclick()
    page.wait_for_url("**/c/pay/**", timeout=60_000)
    assert pressed == ["null", "true"]  # a page on its way to another cannot be asked: it told us by itself
    assert len(sent) == 1 and len(story.gifts) == 1 and sessions_of(story) == 1
    network.send("Network.emulateNetworkConditions", SLOW_3G | {"latency": 0, "downloadThroughput": -1})
    paying.with_card(page)

    story.stays(page, "done")
    story.ends_with(10_000)


def test_while_stripe_is_away_nothing_typed_is_lost_and_no_gift_made_twice(story: Story) -> None:
    story.expected = {503}
    page = story.opened()
    story.form(page)
    story.product.standin.control("faults", {"api_errors": {"status": 500, "count": 1_000}})
    story.send(page)
    expect(page.locator("form#give")).to_contain_text("お金は動いていません")
    expect(page.locator("#give [data-behaviour=focus-first-error]")).to_be_focused()  # below the first screen
    keeps_what_was_typed(page)
    story.see(page, "away")
    story.product.standin.control("faults", {"clear": True})
    page.locator("button.give-button").click()
    page.wait_for_url("**/c/pay/**")
    assert len(story.gifts) == 1 and sessions_of(story) == 1
    story.product.standin.control("faults", {"api_errors": {"status": 500, "count": 1_000}, "hold": True})
    paying.with_card(page)
    story.stays(page, "checking", "もう一度押したり", "確認中")
    story.see(page, "being-checked")
    story.product.standin.control("faults", {"clear": True})
    story.product.standin.control("release", {})

    story.stays(page, "done")  # by itself
    story.ends_with(10_000)


def test_a_lost_answer_of_stripe_makes_no_second_payment_page(story: Story) -> None:
    story.expected = {503}
    page = story.opened()
    story.form(page)
    story.product.standin.control("faults", {"timeout_after_commit": 2, "hang_ms": 100})
    story.send(page)
    expect(page.locator("form#give")).to_contain_text("お金は動いていません")
    keeps_what_was_typed(page)
    page.locator("button.give-button").click()
    page.wait_for_url("**/c/pay/**")
    assert len(story.gifts) == 1 and sessions_of(story) == 1
    paying.with_card(page)

    story.stays(page, "done")
    story.ends_with(10_000)


def test_the_back_button_keeps_everything(story: Story) -> None:
    page = story.opened()
    story.form(page, way="paypay")
    page.locator("#id_amount_choice_2").check(force=True)
    story.send(page)
    page.wait_for_url("**/c/pay/**")
    page.go_back()
    keeps_what_was_typed(page, amount="", way="paypay")
    expect(page.locator("button.give-button")).to_contain_text("30,000円を寄付する")
    story.see(page, "back")
    story.send(page)
    page.wait_for_url("**/c/pay/**")
    assert len(story.gifts) <= 2  # one, where the browser kept the page as it was
    page.go_back()
    page.locator("input[name=method][value=card]").check()
    story.send(page)
    page.wait_for_url("**/c/pay/**")
    paying.with_card(page)

    story.stays(page, "done")
    expect(page.locator("main")).to_contain_text(money(30_000))
    story.ends_with(30_000)
