"""Cards that are saved now and charged later, or let go."""

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import stripe

from donations.errors import PaymentPageRefused
from donations.models import Donation, Organisation, SavedCard
from donations.stripe_gateway.connection import answers, client_of, noted
from donations.stripe_said import Payment

log = logging.getLogger(__name__)

FIRST_TRY = "1"
EXPAND = ["data.latest_charge.balance_transaction"]


def setup_parameters(donation: Donation) -> dict[str, Any]:
    """What makes a hosted page save a card instead of charging it.

    The promised amount is noted there: a page that saves a card knows of none.
    """
    noted_there = {"donation": str(donation.reference), "yen": str(donation.amount_yen)}
    return {
        "mode": "setup",
        "currency": "jpy",
        "customer_creation": "always",
        "metadata": noted_there,
        "setup_intent_data": {"metadata": noted_there},
    }


def saved_card_of(session: Any) -> Payment:
    """How a page that saves a card stands: its card saved, given up, or still open."""
    setup = session.setup_intent
    is_saved = bool(session.status == "complete" and setup and setup.status == "succeeded")
    state = Donation.State.SAVED if is_saved else Donation.State.PENDING
    if session.status == "expired":
        was_refused = bool(setup and setup.last_setup_error)
        state = Donation.State.FAILED if was_refused else Donation.State.EXPIRED
    yen = noted(session.metadata, "yen")
    return Payment(
        state=state,
        amount_yen=int(yen) if yen.isascii() and yen.isdigit() else 0,
        reference=session.client_reference_id or "",
        url=session.url or "",
        payment_intent_id="",
        charge_id="",
        fee_yen=None,
        paid_at=None,
        customer_id=str(session.customer or ""),
        payment_method_id=str(setup.payment_method or "") if is_saved else "",
    )


def fetch_promise(*, organisation: Organisation, card: SavedCard) -> Payment:
    """Ask how a promised gift stands: by all payments of its own customer, the card's and a page's.

    paid when one of them is; declined when one was tried; saved when none was. Raises PaymentServiceAway.
    """
    with answers():
        asked: Any = {"customer": card.customer_id, "limit": 100, "expand": EXPAND}
        intents = list(client_of(organisation).v1.payment_intents.list(asked).auto_paging_iter())
    paid = next((one for one in intents if one.status == "succeeded"), None)
    tried = [one for one in intents if one.last_payment_error]
    found = paid or next(iter(tried), None)
    if found is None:
        state = Donation.State.PENDING if intents else Donation.State.SAVED
        return _said(card, None, state)
    return _said(card, found, Donation.State.PAID if paid else Donation.State.DECLINED)


def charge_card(*, organisation: Organisation, card: SavedCard) -> None:
    """Charge a saved card, once however often asked. What came of it is for fetch_promise().

    A card that is declined, or wants its owner, is no error here. Raises PaymentServiceAway, PaymentPageRefused.
    """
    donation = card.donation
    asked: Any = {
        "amount": donation.amount_yen,
        "currency": "jpy",
        "customer": card.customer_id,
        "payment_method": card.payment_method_id,
        "off_session": True,
        "confirm": True,
        "metadata": {"donation": str(donation.reference), "try": FIRST_TRY},
    }
    key: Any = {"idempotency_key": f"donation:{donation.reference}:charge:{FIRST_TRY}"}
    with answers(), suppress(stripe.CardError):
        client_of(organisation).v1.payment_intents.create(asked, key)


def detach_card(*, organisation: Organisation, card: SavedCard) -> None:
    """Stripe forgets the card; one that is forgotten already stays so. Raises PaymentServiceAway."""
    try:
        with answers():
            client_of(organisation).v1.payment_methods.detach(card.payment_method_id)
    except PaymentPageRefused:
        log.info("a card was forgotten already")


def _said(card: SavedCard, intent: Any, state: Donation.State) -> Payment:
    """intent None: nothing was tried, so nothing can differ from what was promised."""
    charge = intent.latest_charge if intent and state == Donation.State.PAID else None
    booked = charge.balance_transaction if charge else None
    error = intent.last_payment_error if intent else None
    return Payment(
        state=state,
        amount_yen=intent.amount if intent else card.donation.amount_yen,
        reference=noted(intent.metadata, "donation") if intent else str(card.donation.reference),
        url="",
        payment_intent_id=intent.id if intent else "",
        charge_id=charge.id if charge else "",
        fee_yen=booked.fee if booked else None,
        paid_at=datetime.fromtimestamp(charge.created, UTC) if charge else None,
        customer_id=card.customer_id,
        decline_code=str(error.code or "")[:60] if error and state == Donation.State.DECLINED else "",
    )
