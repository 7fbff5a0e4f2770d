"""The hosted page's doors: show, pay, confirm by 3-D Secure or in PayPay, and back to the product."""

from __future__ import annotations

import re
import time
from urllib.parse import parse_qsl

from stripe_standin import bank_transfers, checkout_pages, konbini, pages, payments, renewals
from stripe_standin.api import Answer, Request
from stripe_standin.books import Books
from stripe_standin.cards import CARDS, digits, expiry
from stripe_standin.checkout_pages import Sheet
from stripe_standin.pages import Typed
from stripe_standin.payment_methods import billing
from stripe_standin.store import Object, Store
from stripe_standin.web import form_of, go, home_of, lang_of, merchant_of, page

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NEEDED = {
    "card": ("email",),
    "konbini": ("name", "email", "phone"),
    "customer_balance": ("name", "email"),
    "paypay": ("email",),
}


def serve(store: Store, request: Request, *, door: str, session_id: str) -> Answer:
    """door: 'pay', '3ds' or 'paypay'."""
    account = store.owner_of("checkout.session", session_id)
    if account is None:
        return page(404, pages.closed("lost", lang=lang_of(None, request)))
    with store.change():
        books = Books(store, account)
        renewals.all_due(books)
        session = books.need("checkout.session", session_id)
        if session["status"] != "open":
            return _closed(session, request)
        if door == "pay":
            return _pay(books, session, request)
        return _question(books, session, request, kind=door)


def _pay(books: Books, session: Object, request: Request) -> Answer:
    types = session["payment_method_types"]
    asked = dict(parse_qsl(request.query)).get("method", types[0])
    method = asked if asked in types else types[0]
    sheet = Sheet(merchant_of(books, session), lang_of(session, request), method)
    if request.method != "POST":
        return _show(session, sheet, typed=_known(books, session))
    form = form_of(request)
    typed = Typed(*(form.get(name, "").strip() for name in ("email", "card", "expiry", "name", "phone")))
    errors = _errors(typed, form.get("cvc", ""), method)
    if errors:
        return _show(session, sheet, typed=typed, errors=errors)
    if method != "card":
        return _pay_otherwise(books, session, method, typed)
    card = CARDS[digits(typed.card)]
    after = payments.pay(books, session, card=card, email=typed.email)
    return _after(after, request, sheet, typed=typed, refused=card.decline)


def _pay_otherwise(books: Books, session: Object, method: str, typed: Typed) -> Answer:
    base = session["_base_url"]
    billed = billing(email=typed.email, name=typed.name or None, phone=typed.phone or None)
    if method == "paypay":
        payments.ask_paypay(books, session, email=typed.email, page=f"{base}/c/paypay/{session['id']}")
        return go(f"/c/paypay/{session['id']}")
    if method == "konbini":
        after = konbini.begin(books, session, billed=billed, page=f"{base}/c/voucher/{{intent}}")
        return go(f"/c/voucher/{after['payment_intent']}")
    after = bank_transfers.begin(books, session, billed=billed, page=f"{base}/c/transfer/{{intent}}")
    paid = after["payment_status"] == "paid"
    return go(home_of(after) if paid else f"/c/transfer/{after['payment_intent']}")


def _question(books: Books, session: Object, request: Request, *, kind: str) -> Answer:
    asked = session["_challenge"]
    if not asked or ("paypay" in asked) != (kind == "paypay"):
        return go(f"/c/pay/{session['id']}")
    method = "paypay" if kind == "paypay" else "card"
    address = f"/c/pay/{session['id']}?method={method}" if kind == "paypay" else f"/c/pay/{session['id']}"
    sheet = Sheet(merchant_of(books, session), lang_of(session, request), method, action=address)
    if request.method != "POST":
        html = checkout_pages.question(session, sheet, kind=kind)
        return page(200, html, homes=[session["success_url"]])
    confirmed = form_of(request).get("outcome") == "yes"
    typed = Typed(asked["email"])
    if kind == "paypay":
        after = payments.answer_paypay(books, session, confirmed=confirmed)
        return _after(after, request, sheet, typed=typed, refused="paypay_refused")
    card = CARDS[asked["card"]]
    if not confirmed:
        after = payments.fail_challenge(books, session, card=card)
        return _after(after, request, sheet, typed=typed, refused="authentication")
    after = payments.pay(books, session, card=card, email=asked["email"], proven=True)
    return _after(after, request, sheet, typed=typed, refused=card.decline)


def _after(session: Object, request: Request, sheet: Sheet, *, typed: Typed, refused: str | None) -> Answer:
    """Where a try leads: to the bank's question, home, to the end, or to the page once more."""
    if session["_challenge"]:
        return go(f"/c/3ds/{session['id']}")
    if session["status"] == "complete":
        return go(home_of(session))
    if session["status"] == "expired":
        return _closed(session, request)
    return _show(session, sheet, typed=typed, refused=refused)


def _show(
    session: Object,
    sheet: Sheet,
    *,
    typed: Typed,
    errors: dict[str, str] | None = None,
    refused: str | None = None,
) -> Answer:
    whole = Sheet(sheet.merchant, sheet.lang, sheet.method, typed, errors or {}, refused, sheet.action)
    status = 422 if errors or refused else 200
    return page(status, checkout_pages.checkout(session, whole), homes=[session["success_url"]])


def _known(books: Books, session: Object) -> Typed:
    customer = books.find("customer", session["customer"]) or {}
    return Typed(
        email=session["customer_email"] or customer.get("email") or "",
        name=customer.get("name") or "",
        phone=customer.get("phone") or "",
    )


def _errors(typed: Typed, cvc: str, method: str) -> dict[str, str]:
    """Returns field -> word key, in the order of the page."""
    wrong = {
        "name": not typed.name,
        "email": not EMAIL.fullmatch(typed.email),
        "phone": len(digits(typed.phone)) not in (10, 11),
    }
    errors = {name: f"bad_{name}" for name in NEEDED[method] if wrong.get(name)}
    return errors | card_errors(typed, cvc) if method == "card" else errors


def card_errors(typed: Typed, cvc: str) -> dict[str, str]:
    """Of the three card fields alone."""
    until, now = expiry(typed.expiry), time.localtime()
    wrong = {
        "card": digits(typed.card) not in CARDS,
        "expiry": until is None or (until[1], until[0]) < (now.tm_year, now.tm_mon),
        "cvc": len(digits(cvc)) not in (3, 4),
    }
    return {name: f"bad_{name}" for name in wrong if wrong[name]}


def _closed(session: Object, request: Request) -> Answer:
    """A paid or expired session. A second tap on the button lands here and is sent home."""
    complete = session["status"] == "complete"
    if complete and request.method == "POST":
        return go(home_of(session))
    link = home_of(session) if complete else session["cancel_url"]
    html = pages.closed("complete" if complete else "expired", lang=lang_of(session, request), link=link)
    return page(200 if complete else 410, html)
