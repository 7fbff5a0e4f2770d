"""Find out how a monthly gift stands at Stripe, and book each paid month once."""

from uuid import uuid5

from django.db import transaction

from audit.record import record
from donations.confirm import confirm
from donations.errors import PaymentDiffers
from donations.models import Donation, Finding, Pledge
from donations.note_finding import note_finding
from donations.stop_monthly import note_stop
from donations.stripe_gateway.monthly import fetch_pledge
from donations.stripe_said import MonthSaid, PledgeSaid
from kernel.clock import now
from kernel.yen import share_yen
from outbox.put import put
from programs.scoping import acting_in


def ask_and_take_in(*, program_id: int, pledge_id: int) -> tuple[Pledge, PledgeSaid | None]:
    """Ask Stripe how the monthly gift stands and book what is new; None when there is nothing to ask yet.

    Whatever an event was about, all of it is asked: so every order of events, and none at all, ends the same.
    Opens its own short transactions. Raises PaymentServiceAway, PaymentPageRefused, PaymentDiffers.
    """
    with acting_in(program_id):
        pledge: Pledge = Pledge.objects.select_related("campaign__organisation").get(pk=pledge_id)
        booked = pledge.donations.exclude(fee_yen=None)
        known = set(booked.values_list("invoice_id", flat=True))
    if not pledge.session_id:
        return pledge, None
    said = fetch_pledge(organisation=pledge.campaign.organisation, pledge=pledge, known=known)
    with acting_in(program_id):
        return take_in_months(pledge_id=pledge_id, said=said), said


@transaction.atomic
def take_in_months(*, pledge_id: int, said: PledgeSaid) -> Pledge:
    """Write down what Stripe said. Safe to repeat, at once, late and in any order: ended is never left.

    Raises PaymentDiffers when it is another's; nothing is written then.
    """
    pledge: Pledge = (  # lock
        Pledge.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=pledge_id)
    )
    if said.reference != str(pledge.reference):  # check
        raise PaymentDiffers
    if said.state == Pledge.State.EXPIRED and pledge.is_waiting:  # change
        pledge.state = Pledge.State.EXPIRED
        record("monthly.expired", actor=None, subject=pledge.source)
    if said.subscription_id and pledge.is_waiting:
        _begin(pledge, said)
    for month in said.months:  # also of one that is over: what was charged before is ours
        _take_in_month(pledge, month)
    if pledge.state == Pledge.State.ACTIVE:
        _follow_state(pledge, said)
    pledge.save()
    return pledge


def _begin(pledge: Pledge, said: PledgeSaid) -> None:
    pledge.state, pledge.active_at = Pledge.State.ACTIVE, now()
    pledge.subscription_id, pledge.customer_id = said.subscription_id, said.customer_id
    pledge.save()
    record("monthly.active", actor=None, subject=pledge.source, amount_yen=pledge.amount_yen)
    put("monthly_started", about=pledge.source, pledge_id=pledge.pk)
    if pledge.campaign.is_ended:  # its page was open when the campaign was closed
        note_stop(pledge, Pledge.Why.CAMPAIGN)


def _take_in_month(pledge: Pledge, said: MonthSaid) -> None:
    """One paid invoice, one paid gift. A month charged at an amount that nobody agreed to is a question."""
    payment = said.payment
    donation = Donation.objects.filter(invoice_id=said.invoice_id).first()
    if donation is None:
        if payment.state != Donation.State.PAID:
            return
        if payment.amount_yen not in pledge.agreed_yen:
            _note_differing(pledge, said)
            return
        donation = Donation.objects.create(
            campaign=pledge.campaign,
            pledge=pledge,
            invoice_id=said.invoice_id,
            email=pledge.email,
            public_name=pledge.public_name,
            is_anonymous=pledge.is_anonymous,
            amount_yen=payment.amount_yen,
            operating_yen=share_yen(payment.amount_yen, pledge.operating_per_mille),
            agreement_version=pledge.agreement_version,
            language=pledge.language,
            request_key=uuid5(pledge.reference, said.invoice_id),
            started_at=payment.paid_at or now(),
        )
    donation = confirm(donation_id=donation.pk, payment=payment)
    pledge.user_id = donation.user_id
    if pledge.stop_asked_at and donation.paid_at and donation.paid_at > pledge.stop_asked_at:
        _note_late(pledge, donation)


def _note_late(pledge: Pledge, donation: Donation) -> None:
    """Charged in the moment between the stop and Stripe's hearing of it: booked, and to be paid back by a person."""
    note_finding(
        Finding.Kind.CHARGED_AFTER_STOP,
        about=donation.source,
        organisation=pledge.campaign.organisation,
        amount_yen=donation.amount_yen,
        donation_id=donation.pk,
    )


def _note_differing(pledge: Pledge, said: MonthSaid) -> None:
    note_finding(
        Finding.Kind.PAYMENT_DIFFERS,
        about=said.invoice_id,
        organisation=pledge.campaign.organisation,
        amount_yen=said.payment.amount_yen,
        thing=said.payment.charge_id,
        pledge_id=pledge.pk,
    )


def _follow_state(pledge: Pledge, said: PledgeSaid) -> None:
    if said.state == Pledge.State.ENDED:
        _end(pledge, said)
    elif not pledge.stop_asked_at:  # else there is nothing to follow but its end
        _follow_running(pledge, said)


def _follow_running(pledge: Pledge, said: PledgeSaid) -> None:
    if pledge.campaign.is_ended:  # it began in the moment of the end, so that stop_monthly_of did not see it
        note_stop(pledge, Pledge.Why.CAMPAIGN)
        return
    _follow_amount(pledge, said)
    _follow_card(pledge, said)
    pledge.next_charge_on = said.next_charge_on
    if said.is_given_up:  # Stripe is set to keep what it could not charge; we keep nothing open
        note_stop(pledge, Pledge.Why.CARD)


def _end(pledge: Pledge, said: PledgeSaid) -> None:
    pledge.state, pledge.ended_at = Pledge.State.ENDED, now()
    pledge.next_charge_on = pledge.retry_on = pledge.wanted_yen = pledge.to_stripe_at = None
    if said.why_ended == Pledge.Why.CARD or not pledge.stop_why:
        pledge.stop_why = said.why_ended or Pledge.Why.STRIPE
    record("monthly.ended", actor=None, subject=pledge.source, why=pledge.stop_why)
    put("monthly_ended", about=pledge.source, pledge_id=pledge.pk)


def _follow_amount(pledge: Pledge, said: PledgeSaid) -> None:
    """What the donor agreed to here holds: another amount at Stripe is set back."""
    if said.amount_yen == pledge.coming_yen:
        if pledge.wanted_yen:
            pledge.amount_yen, pledge.wanted_yen = pledge.wanted_yen, None
            pledge.to_stripe_at = None
            record("monthly.changed", actor=None, subject=pledge.source, amount_yen=pledge.amount_yen)
            put("monthly_changed", about=pledge.source, pledge_id=pledge.pk)
    elif pledge.wanted_yen is None:
        pledge.wanted_yen, pledge.to_stripe_at = pledge.amount_yen, now()
        record("monthly.amount_differs", actor=None, subject=pledge.source, amount_yen=said.amount_yen)
        put("monthly_to_stripe", about=pledge.source, pledge_id=pledge.pk)


def _follow_card(pledge: Pledge, said: PledgeSaid) -> None:
    """A declined month is told once; Stripe tries again by itself."""
    declined = said.declined_invoice_id
    if declined and Donation.objects.filter(invoice_id=declined).exists():
        declined = ""  # said before it was paid after all
    pledge.retry_on = said.retry_on if declined else None
    if declined and declined != pledge.declined_invoice_id:
        record("monthly.declined", actor=None, subject=pledge.source)
        put("monthly_declined", about=pledge.source, pledge_id=pledge.pk)
    pledge.declined_invoice_id = declined
