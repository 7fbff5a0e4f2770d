"""Walk every page that a person can reach by links, in a real Chromium: for bin/shots and the axe test.

A page is known by its address with numbers and keys left out, so that one of each kind is visited and
a new page is covered as soon as something links to it. Watches for what no page may do: errors on the
console (a broken policy shows there), and requests to anywhere else.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

WIDTHS = (390, 1280)
LEFT_OUT = re.compile(r"/(accounts/logout|language|static|demo/sign-in|healthz|api)/")
KEY = re.compile(r"(?<=/)(\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_:=-]{24,})(?=/)")


@dataclass
class Visitor:
    """One kind of person: where to begin, and the context that is signed in as them."""

    name: str
    starts: list[str]
    context: BrowserContext


@dataclass
class Complaints:
    """What went wrong while walking."""

    said: list[str] = field(default_factory=list)

    def watch(self, page: Page, origin: str) -> None:
        """Listen to a page from here on."""
        page.on("console", lambda m: self._console(page, m.type, m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self._request(page, request.url, origin))

    def _console(self, page: Page, kind: str, text: str) -> None:
        self.said.append(f"{page.url}: console {kind}: {text}")

    def _request(self, page: Page, url: str, origin: str) -> None:
        if not url.startswith((origin, "data:", "blob:")):
            self.said.append(f"{page.url}: asks {url}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium that bin/test found, quiet about its own services."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
        )
        yield browser
        browser.close()


def kind_of(path: str) -> str:
    """'/shibuya/gifts/6f1d.../' -> '/shibuya/gifts/N/': one page of each kind is enough."""
    return KEY.sub("N", urlsplit(path).path)


def page_name(path: str) -> str:
    """'/shibuya/office/families/N/' -> 'shibuya-office-families-N'."""
    return kind_of(path).strip("/").replace("/", "-") or "home"


def walk(visitor: Visitor, origin: str, look: Callable[[Page, str], None], *, most: int = 80) -> list[str]:
    """Open every kind of page from the visitor's starts on; `look` gets the page and its name. The kinds seen."""
    seen: dict[str, str] = {}
    waiting = [origin + start for start in visitor.starts]
    page = visitor.context.new_page()
    while waiting and len(seen) < most:
        url = waiting.pop(0)
        kind = kind_of(url)
        if kind in seen or LEFT_OUT.search(urlsplit(url).path):
            continue
        seen[kind] = url
        answer = page.goto(url, wait_until="load")
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        seen.setdefault(kind_of(page.url), page.url)
        look(page, page_name(page.url))
        waiting += links(page, origin)
    page.close()
    return sorted(seen)


def links(page: Page, origin: str) -> list[str]:
    """Addresses of this site that the page links to, in the page's order; a file to keep is no page."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('a[href]:not([download])')].map(a => a.href.split('#')[0])"
    )
    return [url for url in found if url.startswith(origin + "/")]
