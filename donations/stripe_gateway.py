"""Stripe, in our words. The only file that imports stripe.

One Stripe account per receiving organisation. Nothing here touches the database, and nothing is called
while a lock is held. STRIPE_API_BASE sends all calls to a stand-in instead.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from donations.errors import PaymentPageRefused, PaymentServiceAway, RefundNotPossible, WebhookRefused
from donations.models import LIVE_KEYS, Campaign, Dispute, Donation, Organisation, Payout, Refund
from donations.stripe_said import (
    After,
    DisputeSaid,
    Event,
    LineSaid,
    Payment,
    PaymentPage,
    PayoutSaid,
    RefundSaid,
)
from donations.ways import KONBINI_DAYS
from kernel.clock import day_of

log = logging.getLogger(__name__)
logging.getLogger("stripe").setLevel(logging.WARNING)  # its INFO lines carry addresses of payment pages

TIMEOUT_SECONDS = 10
SIGNATURE_SECONDS = 300
# Stripe wants 30 minutes or more from its own clock; the rest is for our retries with the same key.
PAGE_OPEN_FOR = timedelta(minutes=35)
EXPAND = ["payment_intent.latest_charge.balance_transaction"]


def ask_for_page(
    *,
    organisation: Organisation,
    campaign: Campaign,
    donation: Donation,
    home: str,
    back: str,
    is_guarded: bool = False,
) -> PaymentPage:
    """Make the hosted payment page of a gift, or find it again: one per gift, however often asked.

    home, back: addresses for after the payment and for giving up. is_guarded: every card is asked for
    3-D Secure. All parameters follow from the gift alone, so that a repeat carries the same ones.
    Raises PaymentServiceAway, PaymentPageRefused.
    """
    asked, key = _page_parameters(campaign, donation, home, back), f"donation:{donation.reference}:session:1"
    if donation.method == Donation.Method.BANK_TRANSFER:
        asked["customer"] = _customer_of(organisation, donation)
    else:
        asked["customer_email"] = donation.email
    if is_guarded and donation.method == Donation.Method.CARD:
        asked["payment_method_options"] = {"card": {"request_three_d_secure": "any"}}
        key += ":guarded"  # other parameters under the same key are refused
    with _answers():
        session = _client(organisation).v1.checkout.sessions.create(
            asked,  # type: ignore[arg-type]
            {"idempotency_key": key},
        )
    return PaymentPage(session.id, session.url or "")


def _page_parameters(campaign: Campaign, donation: Donation, home: str, back: str) -> dict[str, Any]:
    is_japanese = donation.language.startswith("ja")
    metadata = {"donation": str(donation.reference)}
    return {
        "ui_mode": "hosted_page",
        "mode": "payment",
        "submit_type": "donate",
        **_way_parameters(donation),
        "locale": "ja" if is_japanese else "en",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "jpy",
                    "unit_amount": donation.amount_yen,
                    "product_data": {
                        "name": campaign.title if is_japanese else campaign.title_en or campaign.title
                    },
                },
            }
        ],
        "client_reference_id": str(donation.reference),
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "expires_at": int((donation.started_at + PAGE_OPEN_FOR).timestamp()),
        "success_url": home,
        "cancel_url": back,
    }


def _way_parameters(donation: Donation) -> dict[str, Any]:
    """The one way that the donor chose. With one way there is nothing more to choose on Stripe's page."""
    if donation.method == Donation.Method.KONBINI:
        days = {"konbini": {"expires_after_days": KONBINI_DAYS}}
        return {"payment_method_types": ["konbini"], "payment_method_options": days}
    if donation.method == Donation.Method.BANK_TRANSFER:
        transfer = {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}}
        options = {"customer_balance": transfer}
        return {"payment_method_types": ["customer_balance"], "payment_method_options": options}
    return {"payment_method_types": ["paypay" if donation.method == Donation.Method.PAYPAY else "card"]}


def _customer_of(organisation: Organisation, donation: Donation) -> str:
    """A customer of this one gift: Stripe gives each customer a bank account number of their own."""
    asked = {"email": donation.email, "metadata": {"donation": str(donation.reference)}}
    with _answers():
        made = _client(organisation).v1.customers.create(
            asked,  # type: ignore[arg-type]
            {"idempotency_key": f"donation:{donation.reference}:customer"},
        )
    return str(made.id)


def fetch_payment(*, organisation: Organisation, session_id: str) -> Payment:
    """Ask how the payment of a session stands, with its charge and fee. Raises PaymentServiceAway."""
    with _answers():
        session = _client(organisation).v1.checkout.sessions.retrieve(session_id, {"expand": EXPAND})
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
    with _answers():
        said = _client(organisation).v1.customers.cash_balance.retrieve(customer_id)
    available: Any = said.available or {}
    return int(available["jpy"]) if "jpy" in available else 0


def give_up_payment(*, organisation: Organisation, payment_intent_id: str) -> None:
    """Wait no longer for a bank transfer; one that was paid meanwhile stays paid. Raises PaymentServiceAway."""
    try:
        with _answers():
            _client(organisation).v1.payment_intents.cancel(payment_intent_id)
    except PaymentPageRefused:
        log.info("a payment was paid or given up already")


def expire_page(*, organisation: Organisation, session_id: str) -> None:
    """Close a payment page; one that is paid or closed already stays as it is. Raises PaymentServiceAway."""
    try:
        with _answers():
            _client(organisation).v1.checkout.sessions.expire(session_id)
    except PaymentPageRefused:
        log.info("a payment page was closed or paid already")


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


def ask_for_refund(*, organisation: Organisation, refund: Refund, charge_id: str) -> RefundSaid:
    """Have money sent back, once per refund however often asked.

    Raises PaymentServiceAway (asking again is safe), RefundNotPossible when Stripe will not do it.
    """
    asked = {
        "charge": charge_id,
        "amount": refund.amount_yen,
        "reason": "requested_by_customer",
        "metadata": {"refund": str(refund.request_key)},
    }
    try:
        with _answers():
            made = _client(organisation).v1.refunds.create(
                asked,  # type: ignore[arg-type]
                {"idempotency_key": f"refund:{refund.request_key}"},
            )
    except PaymentPageRefused as refusal:
        raise RefundNotPossible from refusal
    return _refund_of(made)


def fetch_after(*, organisation: Organisation, charge_id: str) -> After:
    """Ask for the refunds and disputes of a charge, the oldest first. Raises PaymentServiceAway."""
    with _answers():
        client = _client(organisation).v1
        refunds = list(client.refunds.list({"charge": charge_id, "limit": 100}).auto_paging_iter())
        disputes = list(client.disputes.list({"charge": charge_id, "limit": 100}).auto_paging_iter())
    return After(
        [_refund_of(one) for one in reversed(refunds)], [_dispute_of(one) for one in reversed(disputes)]
    )


def fetch_reference(*, organisation: Organisation, thing_id: str) -> str:
    """The gift that a payment, charge, refund or dispute says it belongs to, or empty.

    Raises PaymentServiceAway, PaymentPageRefused when Stripe has no such thing.
    """
    kind = thing_id.partition("_")[0]
    with _answers():
        client = _client(organisation).v1
        found: Any = {"payment_intent": thing_id} if kind == "pi" else None
        if kind in ("re", "pyr"):
            found = client.refunds.retrieve(thing_id)
        elif kind in ("du", "dp"):
            found = client.disputes.retrieve(thing_id)
        elif kind in ("ch", "py"):
            found = client.charges.retrieve(thing_id)
        intent_id = found["payment_intent"] if found else None
        noted = client.payment_intents.retrieve(str(intent_id)).metadata if intent_id else None
    return _noted(noted, "donation")


def list_lines(*, organisation: Organisation, since: datetime | None) -> Iterator[LineSaid]:
    """Every balance transaction made at or after `since`, the newest first. Raises PaymentServiceAway."""
    asked: Any = {"limit": 100, **({"created": {"gte": int(since.timestamp())}} if since else {})}
    with _answers():
        for line in _client(organisation).v1.balance_transactions.list(asked).auto_paging_iter():
            source = line.source if isinstance(line.source, str) else getattr(line.source, "id", "")
            moment = datetime.fromtimestamp(line.created, UTC)
            yield LineSaid(line.id, line.type, source or "", line.amount, line.fee, line.net, moment)


def fetch_payout(*, organisation: Organisation, payout_id: str) -> PayoutSaid:
    """Ask how a payout stands. Raises PaymentServiceAway."""
    with _answers():
        said = _client(organisation).v1.payouts.retrieve(payout_id)
    states = {"paid": Payout.State.PAID, "failed": Payout.State.FAILED, "canceled": Payout.State.FAILED}
    arrives_on = day_of(datetime.fromtimestamp(said.arrival_date, UTC))
    return PayoutSaid(said.id, said.amount, arrives_on, states.get(said.status, Payout.State.SENT))


def _noted(metadata: Any, name: str) -> str:
    """What we noted on a thing at Stripe; its objects are no dictionaries."""
    return str(metadata[name]) if metadata and name in metadata else ""


def _refund_of(said: Any) -> RefundSaid:
    state = Refund.State.DONE if said.balance_transaction else Refund.State.ASKED
    if said.status in ("failed", "canceled"):
        state = Refund.State.FAILED
    reference = _noted(said.metadata, "refund")
    moment = datetime.fromtimestamp(said.created, UTC)
    return RefundSaid(said.id, reference, said.amount, state, str(said.reason or ""), moment)


def _dispute_of(said: Any) -> DisputeSaid:
    """The money's way is read from the movements, not from the status."""
    states = {"won": Dispute.State.WON, "lost": Dispute.State.LOST}
    moved = list(said.balance_transactions or [])
    due = said.evidence_details.due_by if said.evidence_details else None
    return DisputeSaid(
        dispute_id=said.id,
        amount_yen=said.amount,
        fee_yen=sum(line.fee for line in moved if line.amount < 0),
        fee_returned_yen=-sum(line.fee for line in moved if line.amount > 0),
        state=states.get(said.status, Dispute.State.OPEN),
        reason=str(said.reason or ""),
        due_by=datetime.fromtimestamp(due, UTC) if due else None,
        opened_at=datetime.fromtimestamp(said.created, UTC),
        is_withdrawn=any(line.amount < 0 for line in moved),
        is_returned=any(line.amount > 0 for line in moved),
    )


def read_webhook(*, organisation: Organisation, body: bytes, signature: str) -> Event:
    """Check the signature over the raw body, its age and its mode. Raises WebhookRefused."""
    secret = organisation.webhook_secret
    try:
        if not secret:
            raise WebhookRefused
        stripe.WebhookSignature.verify_header(body, signature, secret, SIGNATURE_SECONDS)
        event = json.loads(body)
        thing = event["data"]["object"]
        named = (thing.get("metadata") or {}).get("donation") or thing.get("client_reference_id") or ""
        is_intent, is_charge = (thing.get("object") == kind for kind in ("payment_intent", "charge"))
        said = Event(
            event_id=str(event["id"])[:100],
            kind=str(event["type"])[:80],
            object_id=str(thing.get("id") or "")[:100],
            reference=str(named),
            payment_intent_id=str((thing["id"] if is_intent else thing.get("payment_intent")) or "")[:100],
            charge_id=str((thing["id"] if is_charge else thing.get("charge")) or "")[:100],
            is_decline=event["type"] == "payment_intent.payment_failed" and _was_card(thing),
        )
        is_live = event["livemode"]
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WebhookRefused from error
    if is_live is not organisation.is_live:
        raise WebhookRefused
    return said


def _was_card(intent: dict[str, Any]) -> bool:
    method = (intent.get("last_payment_error") or {}).get("payment_method") or {}
    return bool(method.get("type", "card") == "card")


def _client(organisation: Organisation) -> stripe.StripeClient:
    key = organisation.stripe_key
    if settings.STRIPE_API_BASE and key.startswith(LIVE_KEYS):
        raise ImproperlyConfigured("A live Stripe key never goes with a stand-in: take STRIPE_API_BASE away.")
    addresses: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
    return stripe.StripeClient(
        key,
        base_addresses=addresses,
        max_network_retries=1,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


@contextmanager
def _answers() -> Iterator[None]:
    """Stripe's errors in our words."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        log.warning(
            "Stripe refused: %s %s %s", error.code, getattr(error, "param", ""), error.request_id
        )  # its words may name a person
        raise PaymentPageRefused from error
    except stripe.StripeError as error:
        log.warning("Stripe is away: %s %s", type(error).__name__, error.request_id)
        raise PaymentServiceAway from error
