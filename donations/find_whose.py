"""Something at Stripe names no gift that we know: ask whose it is, and follow that."""

from donations.follow import ask_and_follow
from donations.models import Donation, Organisation
from donations.queries import gift_of_reference, pledge_of_reference
from donations.stripe_gateway.payments import fetch_reference
from donations.stripe_said import Named
from donations.take_in_months import ask_and_take_in
from programs.scoping import acting_in


def find_whose(*, program_id: int, organisation: Organisation, thing_id: str) -> bool:
    """Book what a payment, charge, refund or dispute is about; whether it is of any gift or monthly gift of ours.

    Opens its own short transactions. Raises PaymentServiceAway, PaymentDiffers, and PaymentPageRefused when
    Stripe has no such thing.
    """
    named = fetch_reference(organisation=organisation, thing_id=thing_id)
    with acting_in(program_id):
        donation = gift_of_reference(organisation, named.reference) or _paid_by(organisation, named)
        pledge = None if donation else pledge_of_reference(organisation, named.reference)
    if pledge:
        ask_and_take_in(program_id=program_id, pledge_id=pledge.pk)
        with acting_in(program_id):
            donation = _paid_by(organisation, named)
    if donation:
        ask_and_follow(program_id=program_id, donation_id=donation.pk)
    return bool(donation or pledge)


def _paid_by(organisation: Organisation, named: Named) -> Donation | None:
    """The month of a monthly gift is known by its payment alone."""
    if not named.payment_intent_id:
        return None
    own = Donation.objects.filter(campaign__organisation=organisation)
    found: Donation | None = own.filter(payment_intent_id=named.payment_intent_id).first()
    return found
