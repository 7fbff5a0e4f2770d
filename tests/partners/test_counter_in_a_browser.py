"""The counter's scripts in Chromium: a lost answer is yellow, never green, and the same key is sent again."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Route, expect, sync_playwright

from coupons.models import Coupon, Redemption
from programs.scoping import acting_in
from tests.partners.cast import School
from tests.partners.tills import granian

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def port(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The running product."""
    with granian(tmp_path_factory.mktemp("granian") / "log") as port:
        yield port


@pytest.fixture
def slug() -> str:
    """Another address for each test: the server, which outlives them, remembers programs for some seconds."""
    return f"shibuya-{uuid4().hex[:8]}"


def cookies(school: School, port: int) -> list[dict[str, Any]]:
    """The clerk's session and the tablet's secret."""
    client = Client()
    client.force_login(school.clerk.user)
    values = {
        settings.SESSION_COOKIE_NAME: client.session.session_key,
        f"device_{school.program.pk}": school.tablet_token,
        settings.LANGUAGE_COOKIE_NAME: "ja",
    }
    return [
        {"name": name, "value": value, "url": f"http://127.0.0.1:{port}"} for name, value in values.items()
    ]


def look(page: Page, code: str, amount: str) -> None:
    """As a scanner and a finger do it: code, Enter, digits on the keypad, one button."""
    expect(page.locator("#id_code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("#id_amount_yen")).to_be_focused()
    for digit in amount:
        page.locator(f".key[data-key='{digit}']").click()
    page.locator("form[data-behaviour='counter-scan'] button[type=submit]").click()


def test_a_lost_answer_is_asked_again_with_the_same_key(
    port: int, committed_school: School, committed_coupon: Coupon
) -> None:
    school, complaints, sent = committed_school, [], []
    signed_in = cookies(school, port)

    def lose_the_first_answer(route: Route) -> None:
        sent.append(route.request.post_data)
        if len(sent) == 1:
            route.fetch()  # the server does it, and the answer never comes
            route.abort("connectionreset")
        else:
            route.continue_()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        context = browser.new_context(viewport={"width": 390, "height": 844})
        context.add_cookies(signed_in)  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.route("**/redeem/", lose_the_first_answer)
        page.goto(f"http://127.0.0.1:{port}/{school.program.slug}/counter/{school.classroom.pk}/")
        expect(page.locator("[data-camera]")).to_be_hidden()  # no reader of codes in this browser
        look(page, committed_coupon.code, "1200")
        expect(page.locator("#counter")).to_contain_text("はる")
        page.locator("form[data-behaviour='counter-take'] button").click()
        expect(page.locator("[data-result=checking]")).to_be_visible()
        expect(page.locator("[data-result=done]")).to_be_visible(timeout=15_000)
        expect(page.locator("[data-result]")).to_have_count(1)
        journal = json.loads(page.evaluate(f"localStorage.getItem('till-journal-{school.classroom.pk}')"))
        shots(page)
        browser.close()

    assert len(sent) == 2 and sent[0] == sent[1]
    with acting_in(school.program.pk):
        use = Redemption.objects.get()
    assert [(entry["key"], entry["amount"], entry["answer"]) for entry in journal] == [
        (str(use.request_key), "1200", "done")
    ]
    assert committed_coupon.code not in json.dumps(journal)
    assert [said for said in complaints if "ERR_CONNECTION_RESET" not in said] == []


def test_an_entry_without_an_answer_is_looked_up_when_the_counter_opens(
    port: int, committed_school: School, committed_coupon: Coupon
) -> None:
    school = committed_school
    signed_in = cookies(school, port)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        context = browser.new_context()
        context.add_cookies(signed_in)  # type: ignore[arg-type]
        page = context.new_page()
        page.route("**/redeem/", lambda route: (route.fetch(), route.abort("connectionreset")))
        page.goto(f"http://127.0.0.1:{port}/{school.program.slug}/counter/{school.classroom.pk}/")
        look(page, committed_coupon.code, "1200")
        page.locator("form[data-behaviour='counter-take'] button").click()
        expect(page.locator("[data-result=checking]")).to_be_visible()
        page.goto(f"http://127.0.0.1:{port}/{school.program.slug}/counter/{school.classroom.pk}/")
        expect(page.locator("[data-entries]")).to_contain_text("受け取り済みです")
        page.reload()
        expect(page.locator("#id_code")).to_be_visible()
        expect(page.locator("[data-entries]")).to_be_hidden()
        browser.close()


def shots(page: Page) -> None:
    """Left for whoever wants to look, where SHOTS says."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / "counter-done.png"))
