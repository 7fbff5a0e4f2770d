"""All-or-nothing campaigns, cards saved for them at the stand-in, and their end."""

from datetime import timedelta
from typing import Any

import stripe

from donations.confirm import confirm
from donations.follow import ask_and_follow
from donations.give import ask_to_pay
from donations.models import Campaign, Donation, Organisation, SavedCard
from donations.stripe_said import Payment
from kernel.clock import today
from programs.models import Membership, Program
from tests.donations.conftest import begin, make_campaign
from tests.stripe_standin.running import Standin

DECLINED_LATER = "4000000000000341"  # the page takes it, a charge does not


def all_or_nothing(organisation: Organisation, actor: Membership, **changes: Any) -> Campaign:
    """Goal 20,000 yen, open until today."""
    wanted = {"kind": Campaign.Kind.ALL_OR_NOTHING, "goal_yen": 20_000, **changes}
    return make_campaign(organisation, actor, **wanted)


def promised(
    standin: Standin, program: Program, campaign: Campaign, amount_yen: int = 10_000, **card: str
) -> Donation:
    """A card saved on the stand-in's page, and the gift as it stands then."""
    donation = begin(campaign, amount_yen)
    standin.pay(ask_to_pay(program=program, donation_id=donation.pk), **card)
    return ask_and_follow(program_id=program.pk, donation_id=donation.pk)


def saved_of(donation: Donation, **changes: Any) -> Payment:
    """What Stripe would say of a gift whose card was saved."""
    said = {
        "state": Donation.State.SAVED,
        "amount_yen": donation.amount_yen,
        "reference": str(donation.reference),
        "url": "",
        "payment_intent_id": "",
        "charge_id": "",
        "fee_yen": None,
        "paid_at": None,
        "customer_id": f"cus_{donation.pk}",
        "payment_method_id": f"pm_{donation.pk}",
    }
    return Payment(**{**said, **changes})


def saved(campaign: Campaign, amount_yen: int = 10_000, **who: Any) -> Donation:
    """A promised gift without any Stripe."""
    donation = begin(campaign, amount_yen, **who)
    Donation.objects.filter(pk=donation.pk).update(state="pending", session_id=f"cs_{donation.pk}")
    return confirm(donation_id=donation.pk, payment=saved_of(donation))


def over(campaign: Campaign, *, days_ago: int = 1) -> Campaign:
    """Its last day was so many days ago. With a real clock say 2: until 0:40 yesterday's pages may still be paid."""
    Campaign.objects.filter(pk=campaign.pk).update(
        first_day=today() - timedelta(days=30), last_day=today() - timedelta(days=days_ago)
    )
    campaign.refresh_from_db()
    return campaign


def card_of(donation: Donation) -> SavedCard:
    card: SavedCard = SavedCard.objects.get(donation=donation)
    return card


def charges_at(standin: Standin, key: str) -> list[int]:
    """What the stand-in truly charged, in yen, by its own API."""
    client: Any = stripe.StripeClient(key, base_addresses={"api": standin.base_url})
    listed = client.v1.charges.list({"limit": 100}).auto_paging_iter()
    return sorted(one.amount for one in listed if one.paid)
