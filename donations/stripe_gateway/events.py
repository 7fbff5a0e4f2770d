"""Events that Stripe sends: is one real, fresh, ours, and of our mode."""

import json
from typing import Any

import stripe

from donations.errors import WebhookRefused
from donations.models import Organisation
from donations.stripe_said import Event

SIGNATURE_SECONDS = 300
DECLINES = ("payment_intent.payment_failed", "setup_intent.setup_failed")  # cards are tried by saving too


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
            pledge=_pledge_in(thing),
            payment_intent_id=str((thing["id"] if is_intent else thing.get("payment_intent")) or "")[:100],
            charge_id=str((thing["id"] if is_charge else thing.get("charge")) or "")[:100],
            is_decline=event["type"] in DECLINES and _was_card(thing),
        )
        is_live = event["livemode"]
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WebhookRefused from error
    if is_live is not organisation.is_live:
        raise WebhookRefused
    return said


def _pledge_in(thing: dict[str, Any]) -> str:
    """The monthly gift that a subscription, its page or its invoice names."""
    details = (thing.get("parent") or {}).get("subscription_details") or {}
    said = [one.get("metadata") or {} for one in (thing, details)]
    return str(next((notes["pledge"] for notes in said if "pledge" in notes), ""))


def _was_card(intent: dict[str, Any]) -> bool:
    error = intent.get("last_payment_error") or intent.get("last_setup_error") or {}
    method = error.get("payment_method") or {}
    return bool(method.get("type", "card") == "card")
