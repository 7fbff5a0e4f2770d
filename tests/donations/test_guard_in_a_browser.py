"""The gift form's script in a real browser: it waits as long as a reader, and answers the question it is asked."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings

from donations.models import Campaign, Donation
from programs.models import Program, Role
from programs.scoping import acting_in
from tests.conftest import make_program, member
from tests.donations.conftest import make_campaign, make_organisation
from tests.donations.test_admit import raise_the_shield
from tests.partners.tills import granian
from tests.stripe_standin.running import Standin, running_standin
from tests.walking import WIDTHS, Complaints, chromium

# Playwright's sync API runs an event loop in this thread; Django would refuse its queries beside one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def stripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    with running_standin(tmp_path_factory.mktemp("standin")) as standin:
        yield standin


@pytest.fixture(scope="module")
def url(django_db_setup: None, stripe: Standin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("granian") / "log"
    with granian(log, STRIPE_API_BASE=stripe.base_url) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def place(transactional_db: None, settings: Settings, stripe: Standin) -> tuple[Program, Campaign]:
    program = make_program(f"shibuya-{uuid4().hex[:8]}", "渋谷", "131130")
    with acting_in(program.pk):
        office = member(program, Role.OFFICE)
        return program, make_campaign(make_organisation(office), office)


def fill(page: Page) -> None:
    page.locator("#id_amount_own").fill("10000")
    if not page.locator("#id_amount_choice_own").is_checked():
        page.locator("#id_amount_choice_own").check(force=True)
    page.locator("#id_email").fill("hanako@example.jp")
    page.locator("#id_agreed").check()


def form_of(chrome: Browser, url: str, place: tuple[Program, Campaign], **how: object) -> Page:
    page = chrome.new_context(viewport={"width": 390, "height": 844}, locale="ja", **how).new_page()  # type: ignore[arg-type]
    page.goto(f"{url}/{place[0].slug}/campaigns/{place[1].pk}/")
    return page


def shot(page: Page, name: str) -> None:
    """For people who look: SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def begun(place: tuple[Program, Campaign]) -> int:
    with acting_in(place[0].pk):
        return Donation.objects.filter(state="pending").count()


def test_a_hasty_press_waits_by_itself_and_two_presses_are_one_gift(
    chrome: Browser, url: str, place: tuple[Program, Campaign], stripe: Standin
) -> None:
    page = form_of(chrome, url, place)
    complaints = Complaints()
    complaints.watch(page, "http://127.0.0.1:")
    expect(page.locator("html.js")).to_have_count(1)
    shot(page, "form")
    fill(page)
    button = page.locator("button.give-button")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.dispatch_event("click")  # once more, whatever it looks like

    page.wait_for_url(f"{stripe.base_url}/c/pay/*", timeout=15_000)
    assert begun(place) == 1 and complaints.said == []


def test_while_the_shield_is_up_the_browser_answers_by_itself(
    chrome: Browser, url: str, place: tuple[Program, Campaign], stripe: Standin
) -> None:
    with acting_in(place[0].pk):
        raise_the_shield()
    page = form_of(chrome, url, place)
    complaints = Complaints()
    complaints.watch(page, "http://127.0.0.1:")
    expect(page.locator("form#give")).to_contain_text("送信の前に、かんたんな確認をします")
    shot(page, "shield")
    fill(page)
    page.locator("button.give-button").click()

    page.wait_for_url(f"{stripe.base_url}/c/pay/*", timeout=30_000)
    assert begun(place) == 1 and complaints.said == []
    page.close()


def test_without_scripts_the_page_says_what_to_do_and_keeps_what_was_typed(
    chrome: Browser, url: str, place: tuple[Program, Campaign], stripe: Standin
) -> None:
    page = form_of(chrome, url, place, java_script_enabled=False)
    fill(page)
    page.locator("button.give-button").click()
    expect(page.locator("form#give")).to_contain_text("送信がとても早かった")
    shot(page, "hasty")
    page.wait_for_timeout(3_100)
    page.locator("button.give-button").click()

    page.wait_for_url(f"{stripe.base_url}/c/pay/*")
    assert begun(place) == 1


def test_without_scripts_the_shield_asks_for_half_a_minute(
    chrome: Browser, url: str, place: tuple[Program, Campaign]
) -> None:
    with acting_in(place[0].pk):
        raise_the_shield()
    page = form_of(chrome, url, place, java_script_enabled=False)
    assert (
        "30秒以上たってから" in page.content()
    )  # in <noscript>, which this way of leaving scripts out does not draw
    fill(page)
    page.wait_for_timeout(3_100)
    page.locator("button.give-button").click()

    expect(page.locator("form#give")).to_contain_text("30秒ほど待って")
    expect(page.locator("#id_email")).to_have_value("hanako@example.jp")
    shot(page, "patience")
    assert begun(place) == 0


def test_our_sha_256_is_the_real_one(chrome: Browser, url: str, place: tuple[Program, Campaign]) -> None:
    page = form_of(chrome, url, place)
    texts = ["", "a", *(("0123456789abcdef" * 4)[:length] for length in range(1, 56))]
    script = (
        "async texts => { const {words} = await import('/static/js/sha256.js'); return texts.map(words); }"
    )

    for text, words in zip(texts, page.evaluate(script, texts), strict=True):
        assert b"".join(word.to_bytes(4) for word in words) == hashlib.sha256(text.encode()).digest(), text


def test_the_trap_is_seen_by_nobody_and_skipped_by_the_keyboard(
    chrome: Browser, url: str, place: tuple[Program, Campaign]
) -> None:
    page = form_of(chrome, url, place)
    trap = page.locator("input[name=homepage]")
    box = trap.bounding_box()
    assert trap.get_attribute("tabindex") == "-1" and trap.get_attribute("autocomplete") == "off"
    assert page.locator("p[aria-hidden=true] input[name=homepage]").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert box is None or page.locator("p[aria-hidden=true]").bounding_box()["width"] <= 1  # type: ignore[index]
