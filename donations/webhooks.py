"""Take in Stripe's events: verify, store once, leave a message. What happened is fetched later.

Stripe may send thousands in a burst and wants each acknowledged at once, so this is the fewest messages to the
database that can do it: the event by one INSERT that says whether it was new, the gift's number, the message.
"""

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from donations.models import Donation, Organisation
from donations.stripe_gateway import Event, read_webhook
from kernel.clock import now
from outbox.put import put

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
        gift_id = _gift_of(organisation, said)
        if gift_id is not None:
            topic = "card_declined" if said.is_decline else "stripe_event"
            put(topic, about=f"donation:{gift_id}", donation_id=gift_id, event_id=said.event_id)
    return True


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
    """The gift an event is about, among this organisation's own."""
    try:
        reference = UUID(said.reference)
    except ValueError:
        return None
    own = Donation.objects.filter(campaign__organisation=organisation, reference=reference)
    found: int | None = own.order_by().values_list("pk", flat=True).first()
    return found
