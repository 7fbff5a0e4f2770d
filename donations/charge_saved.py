"""Charge the card of one promised gift, once, after its campaign has met the goal."""

from dataclasses import replace

from django.db import transaction

from donations.confirm import card_of, confirm
from donations.errors import PaymentPageRefused
from donations.models import Donation, SavedCard
from donations.stripe_gateway.promises import charge_card, fetch_promise
from donations.stripe_said import Payment
from kernel.clock import now
from programs.scoping import acting_in

REFUSED = "card_not_usable"  # Stripe does not know the card any more


def charge_saved(*, program_id: int, donation_id: int) -> Donation:
    """Ask Stripe to charge it and book what came of it. Safe to repeat after any crash: one charge.

    A payment that was made before is found by the gift's own customer; within a day Stripe also knows our key.
    Opens its own short transactions. Raises PaymentServiceAway (ask again), PaymentDiffers.
    """
    with acting_in(program_id):
        donation, card = _begin(donation_id)
    if card is None:
        return donation
    payment = _charge(donation, card)
    with acting_in(program_id):
        return confirm(donation_id=donation_id, payment=payment)


@transaction.atomic
def _begin(donation_id: int) -> tuple[Donation, SavedCard | None]:
    """Write down that we begin: from here on the promise can neither be taken back nor let go."""
    held: Donation = (
        Donation.objects.select_for_update(of=("self",))
        .select_related("campaign__organisation")
        .get(pk=donation_id)
    )
    card = card_of(held)
    if card is None or held.state != Donation.State.SAVED or not held.campaign.goal_met:
        return held, None
    if card.tried_at is None:
        card.tried_at = now()
        card.save(update_fields=["tried_at"])
    return held, card


def _charge(donation: Donation, card: SavedCard) -> Payment:
    organisation = donation.campaign.organisation
    before = fetch_promise(organisation=organisation, card=card)
    if before.state != Donation.State.SAVED:
        return before
    try:
        charge_card(organisation=organisation, card=card)
    except PaymentPageRefused:
        return replace(before, state=Donation.State.DECLINED, decline_code=REFUSED)
    return fetch_promise(organisation=organisation, card=card)
