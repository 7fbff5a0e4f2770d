"""The components in a real browser under the real content policy: axe, width, keys, chips, one submit."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.look.conftest import LANGUAGES, context_of

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ["/components/", "/accounts/login/", "/errors/404/", "/errors/503/"]

pytestmark = pytest.mark.real_time


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands, one line each."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{v['id']}: {node['html']}" for v in found["violations"] for node in v["nodes"]]


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The components page on a phone; any complaint of the browser fails the test."""
    context = context_of(browser, address)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith((address, "data:")) else complaints.append(r.url))
    page.goto(f"{address}/components/")
    expect(page.locator("html.js")).to_have_count(1)
    page.wait_for_load_state("networkidle")  # each behaviour is fetched by itself and binds then
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(browser: Browser, address: str, path: str, language: str, width: int):
    context = context_of(browser, address, language=language, width=width)
    page = context.new_page()
    page.goto(address + path)
    assert violations(page) == []
    context.close()


def test_axe_finds_nothing_in_the_dark(browser: Browser, address: str):
    context = context_of(browser, address, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 23, 26)"
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_reflows_at_320_pixels(browser: Browser, address: str, path: str):
    context = context_of(browser, address, width=320)
    page = context.new_page()
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_buttons_and_keys_are_large_enough(page: Page):
    heights = page.evaluate("[...document.querySelectorAll('.btn')].map(b => b.offsetHeight).filter(Boolean)")
    keys = page.evaluate("[...document.querySelectorAll('.key')].map(b => b.offsetHeight)")
    assert min(heights) >= 48 and min(keys) >= 64


def test_the_keypad_types_into_its_field(page: Page):
    till = page.locator("#id_till")
    for key in ("1", "2", "00"):
        page.locator(f".key[data-key='{key}']").click()
    expect(till).to_have_value("1200")
    page.get_by_role("button", name="1文字消す").click()
    expect(till).to_have_value("120")
    page.locator(".preset").first.click()
    expect(till).to_have_value("8000")


def test_an_own_amount_chooses_its_chip(page: Page):
    expect(page.locator("#id_gift_choice_1")).to_be_checked()
    page.locator("#id_gift_own").fill("５０００")
    expect(page.locator("#id_gift_choice_own")).to_be_checked()


def test_a_form_is_sent_once(page: Page):
    """The second click of a double click is stopped; the button says that it waits."""
    sent = page.evaluate(
        """() => {
            const form = document.querySelector("form[data-behaviour~='submit-once']");
            let count = 0;
            form.addEventListener("submit", (event) => { count += 1; event.preventDefault(); });
            const submit = () => form.dispatchEvent(new Event("submit", {cancelable: true, bubbles: true}));
            submit(); submit();
            return count;
        }"""
    )
    assert sent == 1


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(page: Page):
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()


def test_the_dialog_opens_and_closes(page: Page):
    page.get_by_role("button", name="ダイアログを開く").click()
    expect(page.locator("#sample-dialog")).to_be_visible()
    page.get_by_role("button", name="何もせずに閉じる").click()
    expect(page.locator("#sample-dialog")).to_be_hidden()


def test_readings_go_and_the_choice_stays(page: Page, address: str):
    page.get_by_role("button", name="なし", exact=True).click()
    expect(page.get_by_role("button", name="なし", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_without_scripts_nothing_dead_is_shown(browser: Browser, address: str):
    context = context_of(browser, address, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/components/")
    expect(page.locator(".keypad")).to_be_hidden()
    expect(page.locator("[data-behaviour~='copy']")).to_be_hidden()
    expect(page.locator("#id_till")).to_be_visible()
    context.close()
