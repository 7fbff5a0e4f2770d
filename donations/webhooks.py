"""Take in Stripe's events: verify, store once, leave a message. What happened is fetched later.

Stripe may send thousands in a burst and wants each acknowledged at once, so this is the fewest messages to the
database that can do it: the event by one INSERT that says whether it was new, the gift's number, the message.
"""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from donations.models import Donation, Organisation, Pledge
from donations.queries import pledge_of_reference
from donations.stripe_gateway.events import read_webhook
from donations.stripe_said import Event
from kernel.clock import now
from outbox.put import put

WARNINGS = "radar.early_fraud_warning."
# Events that say money moved or was to move; others (customers, prices, settings) are no business of ours.
ABOUT_MONEY = ("charge.", "payment_intent.succeeded", "refund.", WARNINGS)
NO_MONEY = "charge.failed"
ABOUT_MONTHLY = ("invoice.paid", "invoice.payment_failed", "customer.subscription.", "checkout.session.")
_STORE = """
INSERT INTO donations_webhookevent (program_id, organisation_id, event_id, kind, object_id, received_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (program_id, event_id) DO NOTHING RETURNING id
"""


def take_in(*, organisation: Organisation, body: bytes, signature: str) -> bool:
    """Store an event that Stripe signed for this organisation, and let a worker look into it. Whether it was new.

    A repeat stores nothing and leaves no second message, also at the same instant.
    Raises WebhookRefused (forged, old, another organisation's, of the other mode); nothing is written then.
    """
    said = read_webhook(organisation=organisation, body=body, signature=signature)
    with transaction.atomic(savepoint=False):
        if not _store(organisation, said):
            return False
        _tell(organisation, said)
    return True


def _tell(organisation: Organisation, said: Event) -> None:
    """Leave the message that fits. What is about no money is only stored."""
    gift_id = _gift_of(organisation, said)
    if gift_id is not None:
        topic, about = "card_declined" if said.is_decline else "stripe_event", f"donation:{gift_id}"
        put(topic, about=about, donation_id=gift_id, event_id=said.event_id)
        if said.kind.startswith(WARNINGS):
            put("fraud_warning", about=about, donation_id=gift_id, warning_id=said.object_id)
    elif said.pledge and said.kind.startswith(ABOUT_MONTHLY):
        if pledge := pledge_of_reference(organisation, said.pledge):
            put("monthly_event", about=pledge.source, pledge_id=pledge.pk, event_id=said.event_id)
    elif said.is_decline:
        _tell_of_loose_decline(organisation, said)
    elif said.kind.startswith("payout."):
        about = f"organisation:{organisation.pk}"
        put("stripe_payout", about=about, organisation_id=organisation.pk, payout_id=said.object_id)
    elif said.kind.startswith(ABOUT_MONEY) and said.kind != NO_MONEY:
        put(
            "stripe_unknown",
            about=f"stripe:{said.object_id}",
            organisation_id=organisation.pk,
            kind=said.kind,
            thing_id=said.charge_id or said.payment_intent_id or said.object_id,
        )


def _tell_of_loose_decline(organisation: Organisation, said: Event) -> None:
    """Perhaps on the page of a monthly gift, where Stripe's payment names nothing; nobody's while none is open."""
    if Pledge.objects.filter(campaign__organisation=organisation, state=Pledge.State.PENDING).exists():
        put(
            "loose_decline",
            about=f"stripe:{said.payment_intent_id}",
            organisation_id=organisation.pk,
            thing_id=said.payment_intent_id,
            event_id=said.event_id,
        )


def _store(organisation: Organisation, said: Event) -> bool:
    """Whether the event is new. Of two at the same instant the second waits for the first one's end."""
    facts: list[Any] = [
        organisation.program_id,
        organisation.pk,
        said.event_id,
        said.kind,
        said.object_id,
        now(),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, facts)
        return cursor.fetchone() is not None


def _gift_of(organisation: Organisation, said: Event) -> int | None:
    """The gift an event is about, among this organisation's own: by its reference, else by the payment."""
    own = Donation.objects.filter(campaign__organisation=organisation).order_by()
    keys = [("payment_intent_id", said.payment_intent_id), ("charge_id", said.charge_id)]
    with suppress(ValueError):
        keys.insert(0, ("reference", str(UUID(said.reference))))
    for name, value in keys:
        if value and (found := own.filter(**{name: value}).values_list("pk", flat=True).first()):
            return int(found)
    return None
