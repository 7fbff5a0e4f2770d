"""Find out how a gift stands at Stripe, and book it once."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from audit.record import record
from donations.errors import PaymentDiffers
from donations.keep_card import keep_card
from donations.models import Campaign, Donation, ReceiptAsk, SavedCard
from donations.stripe_gateway.monthly import fetch_month
from donations.stripe_gateway.payments import fetch_payment
from donations.stripe_gateway.promises import fetch_promise
from donations.stripe_said import Payment
from donations.take_in_decline import take_in_decline
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
        card = card_of(donation)
    if not needs_asking(donation) or not (donation.session_id or donation.invoice_id):
        return donation, None
    payment = ask_stripe(donation, card)
    with acting_in(program_id):
        return confirm(donation_id=donation_id, payment=payment), payment


def card_of(donation: Donation) -> SavedCard | None:
    """The card that was saved for a promised gift. Nothing is asked for other gifts."""
    if not donation.campaign.is_all_or_nothing:
        return None
    found: SavedCard | None = SavedCard.objects.filter(donation=donation).first()
    if found is not None:
        found.donation = donation
    return found


def ask_stripe(donation: Donation, card: SavedCard | None) -> Payment:
    """How a gift stands: by its payment page, the invoice of its month, or what its saved card paid.

    Raises PaymentServiceAway. Never called while a transaction is open.
    """
    organisation = donation.campaign.organisation
    if card is not None:
        return fetch_promise(organisation=organisation, card=card)
    if donation.invoice_id:
        return fetch_month(organisation=organisation, invoice_id=donation.invoice_id)
    return fetch_payment(organisation=organisation, session_id=donation.session_id)


def needs_asking(donation: Donation) -> bool:
    """Its end is not known, or it is paid and Stripe's fee is not known."""
    is_open = donation.is_waiting or donation.state == Donation.State.DECLINED
    return is_open or (donation.state == Donation.State.PAID and donation.fee_yen is None)


@transaction.atomic
def confirm(*, donation_id: int, payment: Payment) -> Donation:
    """Book what Stripe said. Safe to repeat, at once and in any order: paid is never left.

    Raises PaymentDiffers when another sum was paid than was promised; nothing is written then.
    """
    if payment.state == Donation.State.SAVED:  # lock: the campaign first, so that its end is one moment
        # no_key: who holds a gift looks at its campaign's key when it commits, and would wait for us as we for it
        list(Campaign.objects.select_for_update(of=("self",), no_key=True).filter(donations=donation_id))
    donation: Donation = (
        Donation.objects.select_for_update(of=("self",))
        .select_related("campaign__organisation__clearing", "campaign__organisation__fees")
        .select_related("campaign__fund", "campaign__operating", "pledge")
        .get(pk=donation_id)
    )
    check_is_the_same(donation, payment)  # check
    if payment.state == Donation.State.PAID and donation.state != Donation.State.PAID:  # change
        donation.payment_intent_id, donation.charge_id = payment.payment_intent_id, payment.charge_id
        book_gift(donation, fee_yen=payment.fee_yen, paid_at=payment.paid_at or now())
        open_donors_page(donation)
        put("gift_paid", about=donation.source, donation_id=donation.pk)  # tell
        if donation.campaign.is_all_or_nothing:
            put("forget_card", about=donation.source, donation_id=donation.pk)
    elif donation.state == Donation.State.PAID and donation.fee_yen is None and payment.fee_yen is not None:
        book_fee(donation, fee_yen=payment.fee_yen)
        for ask in ReceiptAsk.objects.filter(donation=donation):  # asked for between payment and fee
            put("receipt_asked", about=f"receipt_ask:{ask.pk}", ask_id=ask.pk)
    elif donation.is_waiting and payment.slip_url and donation.pay_until is None:
        donation.payment_intent_id = payment.payment_intent_id
        donation.pay_until = payment.pay_until or pay_by(donation)
        donation.save(update_fields=["payment_intent_id", "pay_until"])
        put("gift_to_pay", about=donation.source, donation_id=donation.pk)
    elif donation.is_waiting and payment.state == Donation.State.SAVED:
        keep_card(donation=donation, payment=payment)
        open_donors_page(donation)
    elif donation.state == Donation.State.SAVED and payment.state == Donation.State.DECLINED:
        take_in_decline(donation=donation, payment=payment)
    elif donation.is_waiting and payment.state in (Donation.State.FAILED, Donation.State.EXPIRED):
        donation.state = payment.state
        donation.save(update_fields=["state"])
        record(f"donation.{donation.state}", actor=None, subject=donation.source)
    return donation


def check_is_the_same(donation: Donation, payment: Payment) -> None:
    """Raises PaymentDiffers."""
    named = donation.pledge.reference if donation.pledge else donation.reference
    if (payment.amount_yen, payment.reference) != (donation.amount_yen, str(named)):
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
