"""A browser, a live server and the two programs of the crawl, committed so that the server sees them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext

from programs.models import Membership
from tests.house.world import House, build
from tests.walking import chromium

# Playwright's sync API runs an event loop in this thread; Django would refuse its queries beside one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="module")
def browser_of_ours() -> Iterator[Browser]:
    """One Chromium for a file of journeys; two at once in one thread are not possible."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def houses(transactional_db: None) -> tuple[House, House]:
    """Two programs with one of everything."""
    return build("shibuya", "渋谷", "131130", "OURCANARY"), build("fukuoka", "福岡", "401307", "THEIRCANARY")


def cookies_of(person: Membership | None, origin: str, **more: str) -> list[dict[str, Any]]:
    """Cookies of a session signed in as that person, with password and second factor."""
    cookies = dict(more)
    if person is not None:
        client = Client()
        client.force_login(person.user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password"}, {"method": "mfa"}]
        session.save()
        cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return [{"name": name, "value": value, "url": origin} for name, value in cookies.items()]


def context_for(
    browser: Browser, person: Membership | None, origin: str, *, width: int = 390, **more: str
) -> BrowserContext:
    """A browser context of that person's own, at that width, in Japanese unless a cookie says otherwise."""
    context = browser.new_context(
        viewport={"width": width, "height": 844 if width < 600 else 900},
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
    )
    cookies = cookies_of(person, origin, **more)
    if cookies:
        context.add_cookies(cookies)  # type: ignore[arg-type]
    return context


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source, out of npm."""
    path = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
    return path.read_text()
