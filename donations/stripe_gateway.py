"""Stripe, in our words. The only file that imports stripe.

One Stripe account per receiving organisation. Nothing here touches the database, and nothing is called
while a lock is held. STRIPE_API_BASE sends all calls to a stand-in instead.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from donations.errors import PaymentPageRefused, PaymentServiceAway, RefundNotPossible, WebhookRefused
from donations.models import LIVE_KEYS, Campaign, Dispute, Donation, Organisation, Payout, Refund
from kernel.clock import day_of

log = logging.getLogger(__name__)
logging.getLogger("stripe").setLevel(logging.WARNING)  # its INFO lines carry addresses of payment pages

TIMEOUT_SECONDS = 10
SIGNATURE_SECONDS = 300
# Stripe wants 30 minutes or more from its own clock; the rest is for our retries with the same key.
PAGE_OPEN_FOR = timedelta(minutes=35)
EXPAND = ["payment_intent.latest_charge.balance_transaction"]


@dataclass(frozen=True)
class PaymentPage:
    """The hosted page where a gift is paid."""

    session_id: str
    url: str


@dataclass(frozen=True)
class Payment:
    """How a gift stands at Stripe now."""

    state: Donation.State
    amount_yen: int
    reference: str
    url: str  # the hosted page while it is open, else empty
    payment_intent_id: str
    charge_id: str
    fee_yen: int | None  # None until the charge is on Stripe's books
    paid_at: datetime | None


@dataclass(frozen=True)
class Event:
    """A verified webhook. A hint that something happened, never the fact itself."""

    event_id: str
    kind: str
    object_id: str
    reference: str  # of the gift, as far as the event names one
    payment_intent_id: str = ""
    charge_id: str = ""
    is_decline: bool = False  # of a card; a convenience store's code that ran out is none


@dataclass(frozen=True)
class RefundSaid:
    """A refund as Stripe has it."""

    refund_id: str
    reference: str  # our request key; empty when it was made at Stripe's dashboard
    amount_yen: int
    state: Refund.State  # done: the money has left
    reason: str
    asked_at: datetime


@dataclass(frozen=True)
class DisputeSaid:
    """A dispute as Stripe has it."""

    dispute_id: str
    amount_yen: int
    fee_yen: int
    fee_returned_yen: int
    state: Dispute.State
    reason: str
    due_by: datetime | None
    opened_at: datetime
    is_withdrawn: bool
    is_returned: bool


@dataclass(frozen=True)
class After:
    """What came after a payment."""

    refunds: list[RefundSaid]
    disputes: list[DisputeSaid]


@dataclass(frozen=True)
class LineSaid:
    """One balance transaction. Signs as Stripe's: money in is above zero."""

    line_id: str
    kind: str
    source_id: str
    amount_yen: int
    fee_yen: int
    net_yen: int
    happened_at: datetime


@dataclass(frozen=True)
class PayoutSaid:
    """A payout as Stripe has it."""

    payout_id: str
    amount_yen: int
    arrives_on: date
    state: Payout.State


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
    if is_guarded:
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
        "payment_method_types": ["card"],
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
        "customer_email": donation.email,
        "client_reference_id": str(donation.reference),
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "expires_at": int((donation.started_at + PAGE_OPEN_FOR).timestamp()),
        "success_url": home,
        "cancel_url": back,
    }


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
    )


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
        return Donation.State.FAILED
    return Donation.State.PENDING


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
        log.warning("Stripe refused: %s", error)
        raise PaymentPageRefused from error
    except stripe.StripeError as error:
        log.warning("Stripe is away: %s: %s", type(error).__name__, error)
        raise PaymentServiceAway from error
