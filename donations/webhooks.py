"""Take in Stripe's events: verify, store once, leave a message. What happened is fetched later."""

from django.db import transaction

from donations.models import Donation, Organisation, WebhookEvent
from donations.queries import gift_of_reference
from donations.stripe_gateway import Event, read_webhook
from outbox.put import put

WARNINGS = "radar.early_fraud_warning."
# Events that say money moved or was to move; others (customers, prices, settings) are no business of ours.
ABOUT_MONEY = ("charge.", "payment_intent.succeeded", "refund.", WARNINGS)


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
    if is_new:
        _tell(organisation, said)
    return event


def _tell(organisation: Organisation, said: Event) -> None:
    """Leave the message that fits. What is about no money is only stored."""
    if donation := _gift_of(organisation, said):
        topic = "card_declined" if said.is_decline else "stripe_event"
        put(topic, about=donation.source, donation_id=donation.pk, event_id=said.event_id)
        if said.kind.startswith(WARNINGS):
            put("fraud_warning", about=donation.source, donation_id=donation.pk, warning_id=said.object_id)
    elif said.kind.startswith("payout."):
        about = f"organisation:{organisation.pk}"
        put("stripe_payout", about=about, organisation_id=organisation.pk, payout_id=said.object_id)
    elif said.kind.startswith(ABOUT_MONEY):
        put(
            "stripe_unknown",
            about=f"stripe:{said.object_id}",
            organisation_id=organisation.pk,
            kind=said.kind,
            thing_id=said.charge_id or said.payment_intent_id or said.object_id,
        )


def _gift_of(organisation: Organisation, said: Event) -> Donation | None:
    """The gift an event is about, among this organisation's own: by its reference, else by the payment."""
    found = gift_of_reference(organisation, said.reference)
    own = Donation.objects.filter(campaign__organisation=organisation)
    if found is None and said.payment_intent_id:
        found = own.filter(payment_intent_id=said.payment_intent_id).first()
    if found is None and said.charge_id:
        found = own.filter(charge_id=said.charge_id).first()
    return found
