"""Close a payment page at Stripe on which too many cards were declined; the gift fails with words."""

from donations.confirm import ask_and_confirm, card_of
from donations.models import Donation
from donations.stripe_gateway.pages import expire_page
from programs.scoping import acting_in


def close_page(*, program_id: int, donation_id: int) -> Donation:
    """No further card can be tried on the gift's page. A gift that was paid meanwhile stays paid.

    Opens its own short transactions. Raises PaymentServiceAway; the page is then still open, ask again.
    """
    with acting_in(program_id):
        donation: Donation = Donation.objects.select_related("campaign__organisation").get(pk=donation_id)
        card = card_of(donation)
    if card and card.page_session_id:
        expire_page(organisation=donation.campaign.organisation, session_id=card.page_session_id)
    if donation.is_waiting and donation.session_id:
        expire_page(organisation=donation.campaign.organisation, session_id=donation.session_id)
        donation, _payment = ask_and_confirm(program_id=program_id, donation_id=donation_id)
    return donation
