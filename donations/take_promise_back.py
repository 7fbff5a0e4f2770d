"""A donor takes a promised gift back while the campaign is open."""

from django.db import transaction

from donations.errors import PromiseStands
from donations.let_go import let_go
from donations.models import Campaign, Donation, SavedCard


@transaction.atomic
def take_promise_back(*, donation: Donation) -> Donation:
    """Nothing is taken, and the card is forgotten. The gift's own address is the key, so that nobody is asked who.

    Taking back twice is the same as once. Raises PromiseStands (the campaign has ended, or nothing is promised).
    """
    # lock: the campaign first; its end counts the promises under the same lock
    campaign = Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=donation.campaign_id)
    held: Donation = Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
    if held.state == Donation.State.LET_GO:
        return held
    if held.state != Donation.State.SAVED or campaign.state != Campaign.State.OPEN:
        raise PromiseStands
    card = SavedCard.objects.get(donation=held)
    return let_go(donation=held, card=card, why=SavedCard.Why.TAKEN_BACK)
