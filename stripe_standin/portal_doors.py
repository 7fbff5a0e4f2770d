"""The billing portal's doors: look, change the card, end the monthly gift."""

from __future__ import annotations

from urllib.parse import parse_qsl

from stripe_standin import pages, portal, portal_pages, renewals
from stripe_standin.api import Answer, Request
from stripe_standin.books import Books
from stripe_standin.cards import CARDS, digits
from stripe_standin.checkout import card_errors
from stripe_standin.errors import ApiError
from stripe_standin.pages import Typed
from stripe_standin.store import Object, Store
from stripe_standin.web import form_of, go, lang_of, merchant_of, page


def serve(store: Store, request: Request, *, session_id: str, door: str) -> Answer:
    """door: '' (overview), 'card' or 'end'."""
    account = store.owner_of(portal.KIND, session_id)
    if account is None:
        return page(404, pages.closed("lost", lang=lang_of(None, request)))
    with store.change():
        books = Books(store, account)
        renewals.all_due(books)
        session = books.need(portal.KIND, session_id)
        asked = dict(parse_qsl(request.query))
        flow = session["flow"]
        if not door and flow and not asked.get("done"):
            chosen = (flow["subscription_cancel"] or {}).get("subscription")
            return go(_address(session, f"end?subscription={chosen}" if chosen else "card"))
        if door == "card":
            return _card(books, session, request)
        if door == "end":
            return _end(books, session, request, asked.get("subscription", ""))
        return _overview(books, session, request, asked.get("done"))


def _overview(books: Books, session: Object, request: Request, done: str | None) -> Answer:
    rows = []
    for row in portal.running(books, session["customer"]):
        method = books.find("payment_method", row["default_payment_method"])
        rows.append((row, method["card"]["last4"] if method else "----"))
    word = f"portal_done_{done}" if done in ("card", "end", "go_on") else None
    lang, merchant = lang_of(session, request), merchant_of(books, None)
    return page(200, portal_pages.overview(session, rows, merchant=merchant, lang=lang, done=word))


def _card(books: Books, session: Object, request: Request) -> Answer:
    lang, typed, errors, refused = lang_of(session, request), Typed(), {}, None
    if request.method == "POST":
        form = form_of(request)
        typed = Typed("", form.get("card", ""), form.get("expiry", ""))
        errors = card_errors(typed, form.get("cvc", ""))
        refused = None if errors else CARDS[digits(typed.card)].decline
        if not errors and not refused:
            portal.change_card(books, session["customer"], CARDS[digits(typed.card)])
            after = session["flow"]["after_completion"] if session["flow"] else {}
            home = after.get("redirect", {}).get("return_url") if after.get("type") == "redirect" else None
            return go(home or _address(session, "?done=card"))
    html = portal_pages.new_card(session, lang=lang, typed=typed, errors=errors, refused=refused)
    homes = (
        [session["return_url"]] if session["return_url"] else []
    )  # browsers hold a form's redirect to the policy
    return page(422 if errors or refused else 200, html, homes=homes)


def _end(books: Books, session: Object, request: Request, chosen: str) -> Answer:
    form = form_of(request) if request.method == "POST" else {}
    try:
        if form:
            ends = form.get("outcome") == "end"
            portal.end(books, session, form.get("subscription", ""), ends=ends)
            return go(_address(session, "?done=end" if ends else "?done=go_on"))
        subscription = books.need("subscription", chosen)
        if subscription["customer"] == session["customer"]:
            html = portal_pages.confirm_end(session, subscription, lang=lang_of(session, request))
            return page(200, html)
    except ApiError:  # an address made by hand
        pass
    return page(404, pages.closed("lost", lang=lang_of(session, request)))


def _address(session: Object, more: str) -> str:
    return f"/c/portal/{session['id']}" + (more if more.startswith("?") else f"/{more}")
