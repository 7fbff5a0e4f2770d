"""Find out how a gift stands at Stripe, and book it once."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from audit.record import record
from donations.errors import PaymentDiffers
from donations.models import Donation, ReceiptAsk
from donations.stripe_gateway.payments import fetch_payment
from donations.stripe_said import Payment
from donations.ways import pay_by
from kernel.clock import now
from ledger.post import post
from outbox.put import put
from programs.models import Membership, Role, User
from programs.scoping import acting_in


def ask_and_confirm(*, program_id: int, donation_id: int) -> tuple[Donation, Payment | None]:
    """Ask Stripe how the gift stands and book what is new; (the gift, Stripe's word or None if not asked).

    Opens its own short transactions, so that a page waits for Stripe with none open.
    Raises PaymentServiceAway, PaymentDiffers; nothing is written then.
    """
    with acting_in(program_id):
        donation = Donation.objects.select_related("campaign__organisation").get(pk=donation_id)
    if not donation.session_id or not needs_asking(donation):
        return donation, None
    payment = fetch_payment(organisation=donation.campaign.organisation, session_id=donation.session_id)
    with acting_in(program_id):
        return confirm(donation_id=donation_id, payment=payment), payment


def needs_asking(donation: Donation) -> bool:
    """Its end is not known, or it is paid and Stripe's fee is not known."""
    return donation.is_waiting or (donation.state == Donation.State.PAID and donation.fee_yen is None)


@transaction.atomic
def confirm(*, donation_id: int, payment: Payment) -> Donation:
    """Book what Stripe said. Safe to repeat, at once and in any order: paid is never left.

    Raises PaymentDiffers when another sum was paid than was promised; nothing is written then.
    """
    donation: Donation = (  # lock
        Donation.objects.select_for_update(of=("self",))
        .select_related("campaign__organisation__clearing", "campaign__organisation__fees")
        .select_related("campaign__fund", "campaign__operating")
        .get(pk=donation_id)
    )
    check_is_the_same(donation, payment)  # check
    if payment.state == Donation.State.PAID and donation.state != Donation.State.PAID:  # change
        donation.payment_intent_id, donation.charge_id = payment.payment_intent_id, payment.charge_id
        book_gift(donation, fee_yen=payment.fee_yen, paid_at=payment.paid_at or now())
        open_donors_page(donation)
        put("gift_paid", about=donation.source, donation_id=donation.pk)  # tell
    elif donation.state == Donation.State.PAID and donation.fee_yen is None and payment.fee_yen is not None:
        book_fee(donation, fee_yen=payment.fee_yen)
        for ask in ReceiptAsk.objects.filter(donation=donation):  # asked for between payment and fee
            put("receipt_asked", about=f"receipt_ask:{ask.pk}", ask_id=ask.pk)
    elif donation.is_waiting and payment.slip_url and donation.pay_until is None:
        donation.payment_intent_id = payment.payment_intent_id
        donation.pay_until = payment.pay_until or pay_by(donation)
        donation.save(update_fields=["payment_intent_id", "pay_until"])
        put("gift_to_pay", about=donation.source, donation_id=donation.pk)
    elif donation.is_waiting and payment.state in (Donation.State.FAILED, Donation.State.EXPIRED):
        donation.state = payment.state
        donation.save(update_fields=["state"])
        record(f"donation.{donation.state}", actor=None, subject=donation.source)
    return donation


def check_is_the_same(donation: Donation, payment: Payment) -> None:
    """Raises PaymentDiffers."""
    if (payment.amount_yen, payment.reference) != (donation.amount_yen, str(donation.reference)):
        raise PaymentDiffers


def book_gift(donation: Donation, *, fee_yen: int | None, paid_at: datetime) -> None:
    """The gift is paid: what it was given for goes to the fund, the promised share to running costs.

    The caller holds the gift's lock (or has just made it) and a transaction. fee_yen None: not known yet.
    """
    campaign, arrives_in = donation.campaign, donation.arrives_in
    if campaign.fund is None or campaign.operating is None:
        raise RuntimeError("a draft takes no gifts")  # a database constraint says so too
    donation.state, donation.paid_at = Donation.State.PAID, paid_at
    donation.save()
    post(debit=arrives_in, credit=campaign.fund, amount_yen=donation.fund_yen, source=donation.source)
    if donation.operating_yen:
        post(
            debit=arrives_in,
            credit=campaign.operating,
            amount_yen=donation.operating_yen,
            source=donation.source,
            leg=2,
        )
    record("donation.paid", actor=None, subject=donation.source, amount_yen=donation.amount_yen)
    if fee_yen is not None:
        book_fee(donation, fee_yen=fee_yen, settled_at=paid_at)


def book_fee(donation: Donation, *, fee_yen: int, settled_at: datetime | None = None) -> None:
    """What Stripe kept of the gift. It comes a moment after the payment; then the money is settled."""
    organisation = donation.campaign.organisation
    donation.fee_yen, donation.settled_at = fee_yen, settled_at or now()
    donation.save(update_fields=["fee_yen", "settled_at"])
    if fee_yen:
        post(
            debit=organisation.fees,
            credit=organisation.clearing,
            amount_yen=fee_yen,
            source=donation.source,
            leg=3,
        )


def open_donors_page(donation: Donation) -> None:
    """The donor may sign in by a code mailed to the address of the gift, and sees gifts made with it."""
    user = User.objects.filter(email=donation.email).first()
    if user is None:
        no_password = {"language": donation.language, "password": make_password(None)}
        user, _ = User.objects.get_or_create(email=donation.email, defaults=no_password)
    Membership.objects.get_or_create(user=user, role=Role.DONOR)
    donation.user = user
    donation.save(update_fields=["user"])
