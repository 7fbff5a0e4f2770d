"""Have Stripe forget a saved card that is needed no longer."""

from donations.confirm import card_of
from donations.models import Donation, SavedCard
from donations.stripe_gateway.promises import detach_card
from kernel.clock import now
from programs.scoping import acting_in


def forget_card(*, program_id: int, donation_id: int) -> None:
    """Once the gift is paid, let go or given up; never while its card may still be charged.

    Opens its own short transactions. Raises PaymentServiceAway; asking again is harmless.
    """
    with acting_in(program_id):
        donation = Donation.objects.select_related("campaign__organisation").get(pk=donation_id)
        card = card_of(donation)
    if card is None or card.detached_at or donation.is_promised:
        return
    detach_card(organisation=donation.campaign.organisation, card=card)
    with acting_in(program_id):
        SavedCard.objects.filter(pk=card.pk, detached_at=None).update(detached_at=now())
