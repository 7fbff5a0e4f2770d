"""Book a payout: Stripe sends an organisation's money to its bank, and sometimes gets it back."""

from django.db import transaction

from audit.record import record
from donations.models import Finding, Organisation, Payout
from donations.note_finding import note_finding
from donations.stripe_gateway.lists import fetch_payout
from donations.stripe_said import PayoutSaid
from ledger.post import post
from programs.scoping import acting_in

STEPS = (Payout.State.SENT, Payout.State.PAID, Payout.State.FAILED)  # a bank may send back what it had taken


def ask_about_payout(*, program_id: int, organisation_id: int, payout_id: str) -> Payout | None:
    """Ask Stripe how a payout stands and book what is new; None for one that took money. Opens short transactions.

    Raises PaymentServiceAway, PaymentPageRefused (no such payout); nothing is written then.
    """
    with acting_in(program_id):
        organisation = Organisation.objects.get(pk=organisation_id)
    said = fetch_payout(organisation=organisation, payout_id=payout_id)
    with acting_in(program_id):
        if said.amount_yen <= 0:  # Stripe took money from the bank: a person has to look
            note_finding(
                Finding.Kind.UNKNOWN_LINE,
                about=payout_id,
                organisation=organisation,
                amount_yen=said.amount_yen,
            )
            return None
        return take_in_payout(organisation_id=organisation_id, said=said)


@transaction.atomic
def take_in_payout(*, organisation_id: int, said: PayoutSaid) -> Payout:
    """Clearing -> bank when it leaves Stripe; back when the bank refused it. Once, in any order."""
    organisation = (
        Organisation.objects.select_for_update(of=("self",))
        .select_related("bank", "clearing")
        .get(pk=organisation_id)
    )
    payout: Payout
    payout, is_new = Payout.objects.get_or_create(
        payout_id=said.payout_id,
        defaults={
            "organisation": organisation,
            "amount_yen": said.amount_yen,
            "arrives_on": said.arrives_on,
        },
    )
    bank, clearing = organisation.bank, organisation.clearing
    if is_new:
        post(debit=bank, credit=clearing, amount_yen=payout.amount_yen, source=payout.source)
        record("payout.sent", actor=None, subject=payout.source, amount_yen=payout.amount_yen)
    if said.state == Payout.State.FAILED and payout.state != Payout.State.FAILED:
        post(debit=clearing, credit=bank, amount_yen=payout.amount_yen, source=payout.failed_source)
        record("payout.failed", actor=None, subject=payout.source, amount_yen=payout.amount_yen)
        note_finding(
            Finding.Kind.PAYOUT_FAILED,
            about=payout.source,
            organisation=organisation,
            amount_yen=payout.amount_yen,
        )
    if STEPS.index(said.state) > STEPS.index(payout.state):  # what is heard late leads nowhere back
        payout.state = said.state
        payout.save(update_fields=["state"])
    return payout
