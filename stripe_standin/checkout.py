"""The hosted page's doors: show, pay, confirm by 3-D Secure, and back to the product."""

from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from stripe_standin import pages, payments, sessions
from stripe_standin.api import Answer, Request
from stripe_standin.books import Books
from stripe_standin.cards import CARDS, digits, expiry
from stripe_standin.merchants import name_of
from stripe_standin.pages import Typed
from stripe_standin.store import Object, Store
from stripe_standin.words import language

STYLE = Path(__file__).with_name("page.css")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def serve(store: Store, request: Request) -> Answer:
    """Everything under /c/: the page, the 3-D Secure page and their style."""
    if request.path == "/c/page.css":
        return Answer(200, STYLE.read_bytes(), {"Content-Type": "text/css; charset=utf-8"})
    place = re.fullmatch(r"/c/(pay|3ds)/(cs_test_[A-Za-z0-9]+)", request.path)
    account = store.owner_of("checkout.session", place[2]) if place else None
    if not place or account is None:
        return _page(404, pages.closed("lost", lang=language("auto", _accepted(request))))
    with store.change():
        books = Books(store, account)
        sessions.expire_due(books)
        session = books.need("checkout.session", place[2])
        if session["status"] != "open":
            return _closed(session, request)
        if place[1] == "3ds":
            return _challenge(books, session, request)
        return _pay(books, session, request)


def _pay(books: Books, session: Object, request: Request) -> Answer:
    if request.method != "POST":
        return _checkout(books, session, request, typed=Typed(email=session["customer_email"] or ""))
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    typed = Typed(form.get("email", "").strip(), form.get("card", ""), form.get("expiry", ""))
    errors = _errors(typed, form.get("cvc", ""))
    if errors:
        return _checkout(books, session, request, typed=typed, errors=errors)
    card = CARDS[digits(typed.card)]
    after = payments.pay(books, session, card=card, email=typed.email)
    if after["_challenge"]:
        return _go(f"/c/3ds/{session['id']}")
    if after["status"] == "complete":
        return _go(_home(after))
    if after["status"] == "expired":
        return _closed(after, request)
    return _checkout(books, after, request, typed=typed, refused=card.decline)


def _challenge(books: Books, session: Object, request: Request) -> Answer:
    asked = session["_challenge"]
    if not asked:
        return _go(f"/c/pay/{session['id']}")
    lang = _lang(session, request)
    if request.method != "POST":
        return _page(200, pages.challenge(session, merchant=_merchant(books, session), lang=lang), session)
    card = CARDS[asked["card"]]
    if dict(parse_qsl(request.body.decode("utf-8", "replace"))).get("outcome") != "yes":
        after = payments.fail_challenge(books, session, card=card)
        typed = Typed(asked["email"])
        if after["status"] != "open":
            return _closed(after, request)
        return _checkout(books, after, request, typed=typed, refused="authentication", action=True)
    after = payments.pay(books, session, card=card, email=asked["email"], proven=True)
    if after["status"] == "complete":
        return _go(_home(after))
    return _checkout(books, after, request, typed=Typed(asked["email"]), refused=card.decline, action=True)


def _checkout(
    books: Books,
    session: Object,
    request: Request,
    *,
    typed: Typed,
    errors: dict[str, str] | None = None,
    refused: str | None = None,
    action: bool = False,
) -> Answer:
    html = pages.checkout(
        session,
        merchant=_merchant(books, session),
        lang=_lang(session, request),
        typed=typed,
        errors=errors or {},
        refused=refused,
    )
    if action:  # drawn in answer to another address: the next try goes to the page's own
        html = html.replace('<form method="post"', f'<form method="post" action="/c/pay/{session["id"]}"')
    return _page(422 if errors or refused else 200, html, session)


def _errors(typed: Typed, cvc: str) -> dict[str, str]:
    """Returns field -> word key, in the order of the page."""
    errors = {}
    if not EMAIL.fullmatch(typed.email):
        errors["email"] = "bad_email"
    if digits(typed.card) not in CARDS:
        errors["card"] = "bad_card"
    until, now = expiry(typed.expiry), time.localtime()
    if until is None or (until[1], until[0]) < (now.tm_year, now.tm_mon):
        errors["expiry"] = "bad_expiry"
    if len(digits(cvc)) not in (3, 4):
        errors["cvc"] = "bad_cvc"
    return errors


def _closed(session: Object, request: Request) -> Answer:
    """A paid or expired session. A second tap on the button lands here and is sent home."""
    if session["status"] == "complete" and request.method == "POST":
        return _go(_home(session))
    complete = session["status"] == "complete"
    link = _home(session) if complete else session["cancel_url"]
    return _page(
        200 if complete else 410,
        pages.closed("complete" if complete else "expired", lang=_lang(session, request), link=link),
    )


def _home(session: Object) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _merchant(books: Books, session: Object) -> str:
    return str(session["branding_settings"].get("display_name") or name_of(books))


def _lang(session: Object, request: Request) -> str:
    return language(session["locale"], _accepted(request))


def _accepted(request: Request) -> str:
    return request.headers.get("accept-language", "ja")


def _go(address: str) -> Answer:
    return Answer(303, b"", {"Location": address, "Cache-Control": "no-store"})


def _page(status: int, html: str, session: Object | None = None) -> Answer:
    """Browsers hold redirects after a form to form-action too, so the way home is named in it."""
    homes = [session["success_url"]] if session else []
    origins = " ".join(f"{urlsplit(home).scheme}://{urlsplit(home).netloc}" for home in homes)
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {origins}"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy.rstrip(),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Answer(status, html.encode(), headers)
