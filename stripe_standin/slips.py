"""The doors of vouchers and bank accounts: to read, and to play the till or the bank in a demonstration."""

from __future__ import annotations

from stripe_standin import bank_transfers, konbini, pages, renewals, slip_pages
from stripe_standin.api import Answer, Request
from stripe_standin.books import Books
from stripe_standin.cards import digits
from stripe_standin.store import Object, Store
from stripe_standin.web import form_of, go, home_of, lang_of, merchant_of, page

ACTIONS = {"voucher": "konbini_display_details", "transfer": bank_transfers.ACTION}


def serve(store: Store, request: Request, *, door: str, intent_id: str) -> Answer:
    """door: 'voucher' or 'transfer'."""
    account = store.owner_of("payment_intent", intent_id)
    if account is None:
        return page(404, pages.closed("lost", lang=lang_of(None, request)))
    with store.change():
        books = Books(store, account)
        renewals.all_due(books)
        intent = books.need("payment_intent", intent_id)
        waits = (intent["next_action"] or {}).get("type") == ACTIONS[door]
        if request.method == "POST" and waits:
            _play(books, intent, form_of(request), door=door)
            return go(f"/c/{door}/{intent_id}")
        session = books.find("checkout.session", intent["_session"])
        link = home_of(session) if session else None
        lang = lang_of(session, request)
        if not waits:
            state = "slip_paid" if intent["status"] == "succeeded" else "slip_over"
            return page(200, slip_pages.ended(state, lang=lang, link=link))
        draw = slip_pages.voucher if door == "voucher" else slip_pages.transfer
        return page(200, draw(intent, merchant=merchant_of(books, session), lang=lang, link=link))


def _play(books: Books, intent: Object, form: dict[str, str], *, door: str) -> None:
    if door == "transfer":
        amount = digits(form.get("amount", ""))
        if amount and int(amount):
            bank_transfers.arrive(books, intent["customer"], int(amount), first=intent["id"])
    elif form.get("outcome") == "expire":
        konbini.expire(books, intent["id"])
    else:
        konbini.pay(books, intent["id"])
