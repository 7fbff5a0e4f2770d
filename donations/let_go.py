"""Let a promised gift go: nothing is taken, and Stripe forgets the card."""

from audit.record import record
from donations.large_promise import no_question_more
from donations.models import Donation, SavedCard
from kernel.clock import now
from outbox.put import put


def let_go(*, donation: Donation, card: SavedCard, why: str) -> Donation:
    """Never a card that we have begun to charge; a database constraint says so too.

    The caller has checked that the promise may end, and holds the gift and a transaction.
    """
    card.let_go_why, card.let_go_at = why, now()
    card.save(update_fields=["let_go_why", "let_go_at"])
    donation.state = Donation.State.LET_GO
    donation.save(update_fields=["state"])
    record("donation.let_go", actor=None, subject=donation.source, why=str(why))
    no_question_more(donation)
    put("card_let_go", about=donation.source, donation_id=donation.pk)
    put("forget_card", about=donation.source, donation_id=donation.pk)
    return donation
