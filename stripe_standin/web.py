"""Small parts of every hosted page's door: answers, language, forms, and the way home."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from stripe_standin.api import Answer, Request
from stripe_standin.books import Books
from stripe_standin.merchants import name_of
from stripe_standin.store import Object
from stripe_standin.words import language


def go(address: str) -> Answer:
    return Answer(303, b"", {"Location": address, "Cache-Control": "no-store"})


def page(status: int, html: str, *, homes: list[str] | None = None) -> Answer:
    """Browsers hold redirects after a form to form-action too, so the ways home are named in it."""
    origins = [f"{urlsplit(home).scheme}://{urlsplit(home).netloc}" for home in homes or [] if home]
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; "
        + " ".join(["form-action 'self'", *dict.fromkeys(origins)])
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Answer(status, html.encode(), headers)


def form_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode("utf-8", "replace")))


def home_of(session: Object) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def merchant_of(books: Books, session: Object | None) -> str:
    shown = session["branding_settings"].get("display_name") if session else None
    return str(shown or name_of(books))


def lang_of(session: Object | None, request: Request) -> str:
    """A session's own language; without one the browser's."""
    return language(session["locale"] if session else "auto", request.headers.get("accept-language", "ja"))
