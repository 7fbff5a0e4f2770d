"""Take in Stripe's events: verify, store once, leave a message. What happened is fetched later."""

from uuid import UUID

from django.db import transaction

from donations.models import Donation, Organisation, WebhookEvent
from donations.stripe_gateway import Event, read_webhook
from outbox.put import put


@transaction.atomic
def take_in(*, organisation: Organisation, body: bytes, signature: str) -> WebhookEvent:
    """Store an event that Stripe signed for this organisation, and let a worker look into it.

    A repeat returns the first and leaves no second message.
    Raises WebhookRefused (forged, old, another organisation's, of the other mode); nothing is written then.
    """
    said = read_webhook(organisation=organisation, body=body, signature=signature)
    event: WebhookEvent
    event, is_new = WebhookEvent.objects.get_or_create(
        event_id=said.event_id,
        defaults={"organisation": organisation, "kind": said.kind, "object_id": said.object_id},
    )
    if is_new and (donation := _gift_of(organisation, said)):
        topic = "card_declined" if said.is_decline else "stripe_event"
        put(topic, about=donation.source, donation_id=donation.pk, event_id=event.event_id)
    return event


def _gift_of(organisation: Organisation, said: Event) -> Donation | None:
    """The gift an event is about, among this organisation's own."""
    try:
        reference = UUID(said.reference)
    except ValueError:
        return None
    found: Donation | None = Donation.objects.filter(
        campaign__organisation=organisation, reference=reference
    ).first()
    return found
