"""How a payment stands."""

import logging
from datetime import UTC, datetime
from typing import Any

from donations.errors import PaymentPageRefused
from donations.models import Donation, Organisation
from donations.stripe_gateway.connection import answers, client_of, noted
from donations.stripe_gateway.monthly import pledge_named
from donations.stripe_gateway.promises import saved_card_of
from donations.stripe_said import Named, Payment

log = logging.getLogger(__name__)

EXPAND = ["payment_intent.latest_charge.balance_transaction", "setup_intent"]


def fetch_payment(*, organisation: Organisation, session_id: str) -> Payment:
    """Ask how the payment of a session stands, with its charge and fee. Raises PaymentServiceAway."""
    with answers():
        session = client_of(organisation).v1.checkout.sessions.retrieve(session_id, {"expand": EXPAND})
    if session.mode == "setup":
        return saved_card_of(session)
    intent: Any = session.payment_intent
    charge = intent.latest_charge if intent else None
    booked = charge.balance_transaction if charge else None
    is_paid = session.payment_status == "paid"
    return Payment(
        state=_state_of(session, intent),
        amount_yen=(session.amount_total or 0) if session.currency == "jpy" else 0,
        reference=session.client_reference_id or "",
        url=session.url or "",
        payment_intent_id=intent.id if intent else "",
        charge_id=charge.id if charge and is_paid else "",
        fee_yen=booked.fee if booked and is_paid else None,
        paid_at=datetime.fromtimestamp(charge.created, UTC) if charge and is_paid else None,
        customer_id=str(session.customer or ""),
        **_slip_of(intent),
    )


def _slip_of(intent: Any) -> dict[str, Any]:
    """What a donor still has to pay with: a shop's code, or a bank account."""
    asked = intent.next_action if intent else None
    if asked and asked.type == "konbini_display_details":
        slip = asked.konbini_display_details
        until = datetime.fromtimestamp(slip.expires_at, UTC)
        return {"slip_url": slip.hosted_voucher_url or "", "pay_until": until}
    if asked and asked.type == "display_bank_transfer_instructions":
        slip = asked.display_bank_transfer_instructions
        return {"slip_url": slip.hosted_instructions_url or "", "missing_yen": slip.amount_remaining}
    return {}


def fetch_left_over(*, organisation: Organisation, customer_id: str) -> int:
    """What a donor transferred beyond the gift, in yen: it waits at Stripe. Raises PaymentServiceAway."""
    with answers():
        said = client_of(organisation).v1.customers.cash_balance.retrieve(customer_id)
    available: Any = said.available or {}
    return int(available["jpy"]) if "jpy" in available else 0


def give_up_payment(*, organisation: Organisation, payment_intent_id: str) -> None:
    """Wait no longer for a bank transfer; one that was paid meanwhile stays paid. Raises PaymentServiceAway."""
    try:
        with answers():
            client_of(organisation).v1.payment_intents.cancel(payment_intent_id)
    except PaymentPageRefused:
        log.info("a payment was paid or given up already")


def _state_of(session: Any, intent: Any) -> Donation.State:
    if session.payment_status == "paid":
        return Donation.State.PAID
    was_refused = bool(intent and intent.last_payment_error)
    if session.status == "expired":
        return Donation.State.FAILED if was_refused else Donation.State.EXPIRED
    if session.status == "complete" and intent and intent.status in ("canceled", "requires_payment_method"):
        # A shop's code that ran out, or a transfer that was waited for long enough: nobody refused it.
        was_late = intent.status == "canceled" or _why(intent) == "payment_intent_payment_attempt_expired"
        return Donation.State.EXPIRED if was_late else Donation.State.FAILED
    return Donation.State.PENDING


def _why(intent: Any) -> str:
    return str(intent.last_payment_error.code or "") if intent.last_payment_error else ""


def fetch_reference(*, organisation: Organisation, thing_id: str) -> Named:
    """The gift or monthly gift that a payment, charge, refund or dispute says it belongs to, if it says so.

    A payment of a monthly gift carries no note of ours: its invoice names the subscription, which has one.
    Raises PaymentServiceAway, PaymentPageRefused when Stripe has no such thing.
    """
    kind = thing_id.partition("_")[0]
    with answers():
        client = client_of(organisation).v1
        found: Any = {"payment_intent": thing_id} if kind == "pi" else None
        if kind in ("re", "pyr"):
            found = client.refunds.retrieve(thing_id)
        elif kind in ("du", "dp"):
            found = client.disputes.retrieve(thing_id)
        elif kind in ("ch", "py"):
            found = client.charges.retrieve(thing_id)
        intent_id = str(found["payment_intent"] or "") if found else ""
        if not intent_id:
            return Named()
        if named := noted(client.payment_intents.retrieve(intent_id).metadata, "donation"):
            return Named(named, intent_id)
        wanted: Any = {"payment": {"type": "payment_intent", "payment_intent": intent_id}}
        months = client.invoice_payments.list(wanted).data
        if not months:
            return Named("", intent_id)
        invoice = client.invoices.retrieve(str(months[0].invoice))
    return Named(pledge_named(invoice), intent_id, invoice.billing_reason == "subscription_cycle")
