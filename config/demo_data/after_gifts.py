"""What may come after a gift, at the stand-in Stripe: a refund that was made, and a dispute that waits for an answer."""

from uuid import UUID, uuid5

from django.conf import settings

from config.demo_data.standin import pay_page
from donations.follow import ask_and_follow
from donations.give import Donor, ask_to_pay, give
from donations.models import Campaign, Donation, Refund
from donations.refund import ask_stripe_to_refund, refund
from kernel.clock import now
from outbox.models import Message
from programs.models import Membership, Program, Role
from programs.scoping import acting_in

KEYS = UUID("c7d0b7f7-4a5b-4d0c-8c6e-3c5f0a2b9e18")
PAYS, IS_DISPUTED = "4242424242424242", "4000000000000259"


def refund_and_dispute(program: Program) -> None:
    """Idempotent; nothing happens without a stand-in, nor where no campaign without an end takes gifts."""
    with acting_in(program.pk):
        campaign = Campaign.objects.filter(takes_monthly=True).select_related("organisation").first()
        office = Membership.objects.filter(role=Role.OFFICE).order_by("id").first()
        is_done = Refund.objects.filter(request_key=uuid5(KEYS, "refund")).exclude(refund_id="").exists()
    if is_done or not settings.STRIPE_API_BASE or campaign is None or office is None:
        return
    paid_twice = _paid(program, campaign, 10_000, PAYS)
    _paid(program, campaign, 20_000, IS_DISPUTED)
    with acting_in(program.pk):
        asked = refund(
            donation=paid_twice,
            amount_yen=10_000,
            reason="同じ寄付を2回したとの連絡があったため",
            request_key=uuid5(KEYS, "refund"),
            actor=office,
        )
    ask_stripe_to_refund(program=program, refund_id=asked.pk)
    with acting_in(program.pk):  # nobody is told of what was made up
        told = ("gift_paid", "refund_asked", "refund_done")
        Message.objects.filter(topic__in=told, done_at=None).update(done_at=now())


def _paid(program: Program, campaign: Campaign, amount_yen: int, card: str) -> Donation:
    """One gift, paid at the stand-in; what is known of it at Stripe is booked."""
    email = f"once{amount_yen}@{program.slug}.example"
    with acting_in(program.pk):
        donor = Donor(
            email=email, is_anonymous=True, agreement_version=campaign.organisation.agreement_version
        )
        key = uuid5(KEYS, f"gift {amount_yen}")
        gift = give(campaign=campaign, amount_yen=amount_yen, donor=donor, request_key=key)
    if gift.is_waiting:
        pay_page(ask_to_pay(program=program, donation_id=gift.pk), email=email, card=card)
    return ask_and_follow(program_id=program.pk, donation_id=gift.pk)
