"""Follow a gift: ask Stripe how it stands and what came after, and book what is new."""

from django.db import transaction

from donations.confirm import ask_stripe, card_of, confirm
from donations.models import Donation, Finding, Organisation
from donations.note_finding import note_finding
from donations.refund import hold_gift, take_in_refund
from donations.stripe_gateway.after import fetch_after
from donations.stripe_gateway.payments import fetch_left_over, give_up_payment
from donations.stripe_said import After, Payment
from donations.take_in_dispute import take_in_dispute
from kernel.clock import now
from programs.scoping import acting_in


def ask_and_follow(*, program_id: int, donation_id: int) -> Donation:
    """Payment first, then refunds and disputes, whatever the event was about: so every order ends the same.

    Everything is asked before anything is locked. Opens its own short transactions.
    Raises PaymentServiceAway, PaymentDiffers; nothing is written then.
    """
    donation: Donation
    with acting_in(program_id):
        donation = Donation.objects.select_related("campaign__organisation").get(pk=donation_id)
        card = card_of(donation)
    organisation = donation.campaign.organisation
    if not (donation.session_id or donation.invoice_id):
        return donation
    payment = ask_stripe(donation, card)
    after = _after(organisation, payment.charge_id or donation.charge_id)
    left_over_yen = _left_over(organisation, donation, payment)
    with acting_in(program_id):
        donation = confirm(donation_id=donation_id, payment=payment)
        if left_over_yen:
            _note_left_over(donation, payment, left_over_yen)
        if after:
            donation = follow(donation_id=donation_id, after=after)
    if _is_late(donation, payment):
        give_up_payment(organisation=organisation, payment_intent_id=payment.payment_intent_id)
    return donation


def _left_over(organisation: Organisation, donation: Donation, payment: Payment) -> int:
    """What was transferred beyond the gift; of an unpaid gift that is late, what came of it."""
    if donation.method != Donation.Method.BANK_TRANSFER or not payment.customer_id:
        return 0
    if payment.state == Donation.State.PENDING:
        return 0
    return fetch_left_over(organisation=organisation, customer_id=payment.customer_id)


def _note_left_over(donation: Donation, payment: Payment, yen: int) -> None:
    is_paid = payment.state == Donation.State.PAID
    note_finding(
        Finding.Kind.TOO_MUCH_SENT if is_paid else Finding.Kind.TOO_LITTLE_SENT,
        about=donation.source,
        organisation=donation.campaign.organisation,
        amount_yen=yen,
        donation_id=donation.pk,
        thing=payment.customer_id,
    )


def _is_late(donation: Donation, payment: Payment) -> bool:
    """A bank transfer that was waited for long enough. Shops' codes run out by themselves."""
    is_transfer = donation.method == Donation.Method.BANK_TRANSFER and bool(payment.payment_intent_id)
    return (
        is_transfer and donation.is_waiting and donation.pay_until is not None and donation.pay_until < now()
    )


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
