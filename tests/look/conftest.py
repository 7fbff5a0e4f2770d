"""A real server without a database (the look must not need one) and a real browser."""

import os
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings
from playwright.sync_api import Browser, BrowserContext, sync_playwright

LANGUAGES = ("ja", "en")


class ThreadingServer(ThreadingMixIn, WSGIServer):
    """Browsers open several connections at once."""

    daemon_threads = True


class QuietHandler(WSGIRequestHandler):
    """Says nothing for each request."""

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """http://127.0.0.1:PORT of the components page and its like."""
    with override_settings(ROOT_URLCONF="tests.look.urls", DEMO=True):
        server = make_server("127.0.0.1", 0, WSGIHandler(), ThreadingServer, QuietHandler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, the one that bin/test found."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


def context_of(
    browser: Browser, address: str, *, language: str = "ja", width: int = 390, **more: Any
) -> BrowserContext:
    """A fresh visitor with a language and a window."""
    context = browser.new_context(
        viewport={"width": width, "height": 844}, locale="ja-JP", timezone_id="Asia/Tokyo", **more
    )
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    return context
