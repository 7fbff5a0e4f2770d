"""Follow a gift: ask Stripe how it stands and what came after, and book what is new."""

from django.db import transaction

from donations.confirm import confirm
from donations.models import Donation, Organisation
from donations.refund import hold_gift, take_in_refund
from donations.stripe_gateway import After, fetch_after, fetch_payment
from donations.take_in_dispute import take_in_dispute
from programs.scoping import acting_in


def ask_and_follow(*, program_id: int, donation_id: int) -> Donation:
    """Payment first, then refunds and disputes, whatever the event was about: so every order ends the same.

    Everything is asked before anything is locked. Opens its own short transactions.
    Raises PaymentServiceAway, PaymentDiffers; nothing is written then.
    """
    donation: Donation
    with acting_in(program_id):
        donation = Donation.objects.select_related("campaign__organisation").get(pk=donation_id)
    organisation = donation.campaign.organisation
    if not donation.session_id:
        return donation
    payment = fetch_payment(organisation=organisation, session_id=donation.session_id)
    after = _after(organisation, payment.charge_id or donation.charge_id)
    with acting_in(program_id):
        donation = confirm(donation_id=donation_id, payment=payment)
        return follow(donation_id=donation_id, after=after) if after else donation


def _after(organisation: Organisation, charge_id: str) -> After | None:
    return fetch_after(organisation=organisation, charge_id=charge_id) if charge_id else None


@transaction.atomic
def follow(*, donation_id: int, after: After) -> Donation:
    """Book what came after the payment. Safe to repeat, at once and in any order."""
    donation = hold_gift(donation_id)
    for refund in after.refunds:
        take_in_refund(donation=donation, said=refund)
    for dispute in after.disputes:
        take_in_dispute(donation=donation, said=dispute)
    return donation
