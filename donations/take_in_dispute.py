"""Book a dispute: the card holder's bank takes a gift back, and gives it again when the dispute is won."""

from audit.record import record
from donations.cancel_receipt import cancel_receipt_of, renew_receipt_of
from donations.models import Dispute, Donation, Finding
from donations.note_finding import note_finding
from donations.stripe_said import DisputeSaid
from donations.take_back import note_gone, send_back, take_again
from kernel.clock import now
from ledger.post import post

FEE_LEG = 4


def take_in_dispute(*, donation: Donation, said: DisputeSaid) -> Dispute:
    """Book a dispute as Stripe has it: once, in any order. The caller holds the gift and a transaction.

    What moves is read from Stripe's movements, not from the status: money leaves when it was withdrawn,
    and comes back when it was reinstated, the fee too where Stripe gives it back.
    """
    dispute: Dispute
    dispute, is_new = Dispute.objects.get_or_create(
        dispute_id=said.dispute_id,
        defaults={
            "donation": donation,
            "amount_yen": said.amount_yen,
            "reason": said.reason[:60],
            "due_by": said.due_by,
            "opened_at": said.opened_at,
        },
    )
    if is_new:
        record("dispute.opened", actor=None, subject=dispute.source, amount_yen=dispute.amount_yen)
        note_finding(
            Finding.Kind.DISPUTE,
            about=dispute.source,
            organisation=donation.campaign.organisation,
            amount_yen=dispute.amount_yen,
            due_by=said.due_by,
            donation_id=donation.pk,
        )
    if said.is_withdrawn and not dispute.is_withdrawn:
        _withdraw(donation, dispute, fee_yen=said.fee_yen)
    if said.is_returned and not dispute.is_returned:
        _return(donation, dispute, fee_yen=said.fee_returned_yen)
    if said.state != dispute.state and dispute.state == Dispute.State.OPEN:
        dispute.state, dispute.ended_at = said.state, now()
        record(f"dispute.{dispute.state}", actor=None, subject=dispute.source)
    was_gone = donation.gone_yen
    dispute.save()
    note_gone(donation)
    if donation.gone_yen < was_gone:
        renew_receipt_of(donation=donation)
    return dispute


def _withdraw(donation: Donation, dispute: Dispute, *, fee_yen: int) -> None:
    dispute.is_withdrawn, dispute.fee_yen = True, fee_yen
    send_back(donation, dispute, source=dispute.source)
    cancel_receipt_of(donation=donation)
    if fee_yen:
        fees, clearing = donation.campaign.organisation.fees, donation.campaign.organisation.clearing
        post(debit=fees, credit=clearing, amount_yen=fee_yen, source=dispute.source, leg=FEE_LEG)


def _return(donation: Donation, dispute: Dispute, *, fee_yen: int) -> None:
    dispute.is_returned, dispute.fee_returned_yen = True, fee_yen
    take_again(donation, dispute, source=dispute.won_source)
    if fee_yen:
        fees, clearing = donation.campaign.organisation.fees, donation.campaign.organisation.clearing
        post(debit=clearing, credit=fees, amount_yen=fee_yen, source=dispute.won_source, leg=FEE_LEG)
