"""Make a monthly gift at Stripe be what was written down here: stopped, or of another amount."""

from donations.models import Pledge
from donations.stripe_gateway.monthly import cancel, change_amount
from donations.take_in_months import ask_and_take_in
from programs.scoping import acting_in


def bring_to_stripe(*, program_id: int, pledge_id: int) -> Pledge:
    """Tell Stripe what it does not know yet, then take in how it stands. A repeat changes nothing.

    Opens its own short transactions. Raises PaymentServiceAway: ask again; PaymentPageRefused, PaymentDiffers.
    """
    with acting_in(program_id):
        pledge: Pledge = Pledge.objects.select_related("campaign__organisation").get(pk=pledge_id)
    organisation = pledge.campaign.organisation
    if pledge.is_stopping:
        cancel(organisation=organisation, pledge=pledge)
    elif pledge.state == Pledge.State.ACTIVE and pledge.wanted_yen:
        change_amount(organisation=organisation, pledge=pledge, amount_yen=pledge.wanted_yen)
    else:
        return pledge
    return ask_and_take_in(program_id=program_id, pledge_id=pledge_id)[0]
