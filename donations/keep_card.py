"""Keep the card of a promised gift: nothing is taken until its campaign has met the goal."""

from audit.record import record
from donations.large_promise import ask_about_large
from donations.let_go import let_go
from donations.models import Campaign, Donation, SavedCard
from donations.stripe_said import Payment
from outbox.put import put


def keep_card(*, donation: Donation, payment: Payment) -> SavedCard:
    """The gift is promised. One that comes after the campaign's end is let go at once: the goal is decided once.

    The caller holds the campaign, then the gift, and a transaction.
    """
    card: SavedCard = SavedCard.objects.create(
        donation=donation, customer_id=payment.customer_id, payment_method_id=payment.payment_method_id
    )
    if donation.campaign.state != Campaign.State.OPEN:
        let_go(donation=donation, card=card, why=SavedCard.Why.LATE)
        return card
    donation.state = Donation.State.SAVED
    donation.save(update_fields=["state"])
    record("donation.saved", actor=None, subject=donation.source, amount_yen=donation.amount_yen)
    ask_about_large(donation, donation.campaign)
    put("card_saved", about=donation.source, donation_id=donation.pk)
    return card
