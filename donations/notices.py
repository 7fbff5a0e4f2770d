"""What follows from messages of this floor. Found by the outbox at start-up."""

import logging
from contextlib import suppress

from django.utils.translation import override

from donations.ask_for_copy import COPY
from donations.bring_to_stripe import bring_to_stripe
from donations.close_page import close_page
from donations.end_promises import KIND as ENDING
from donations.end_promises import end_next
from donations.errors import PaymentDiffers, PaymentPageRefused, RefundNotPossible
from donations.find_whose import find_whose
from donations.follow import ask_and_follow
from donations.forget_card import forget_card
from donations.issue_receipt import issue_asked
from donations.issue_receipts import KIND as ISSUING
from donations.issue_receipts import issue_next
from donations.mails import (
    MONTHLY_MAILS,
    PROMISE_MAILS,
    receipt_cancelled_mail,
    receipt_mail,
    refund_mail,
    shield_mail,
    thanks_mail,
    to_pay_mail,
)
from donations.models import (
    Campaign,
    Donation,
    Finding,
    Organisation,
    Receipt,
    ReceiptAsk,
    Refund,
    SavedCard,
)
from donations.monthly_mail import tell_of_monthly
from donations.note_finding import note_finding
from donations.post_update import KIND as POSTING
from donations.post_update import TOPIC, mail_next
from donations.promise_mail import tell_promiser
from donations.receipt_mail import tell_of_receipt
from donations.reconcile_now import KIND as RECONCILING
from donations.reconcile_now import reconcile_next
from donations.refund import ask_stripe_to_refund
from donations.shield import hear_decline, hear_loose_decline, hear_payment
from donations.stop_monthly import stop_monthly_of
from donations.stripe_gateway.payments import fetch_reference
from donations.take_in_months import ask_and_take_in
from donations.take_in_payout import ask_about_payout
from donations.update_mail import send_copy, tell_donor_of_update
from kernel.errors import Refused
from outbox.handlers import handles, steps
from outbox.mail import send_mail_about
from outbox.models import Message
from programs.models import Membership, Program
from programs.scoping import acting_in

steps(RECONCILING, asks_outside=True)(reconcile_next)

steps(ENDING, asks_outside=True)(end_next)
for topic in PROMISE_MAILS:
    handles(topic)(tell_promiser)
steps(POSTING)(mail_next)
handles(TOPIC)(tell_donor_of_update)
handles(COPY)(send_copy)
log = logging.getLogger(__name__)
steps(ISSUING)(issue_next)


@handles("stripe_event", asks_outside=True)
def look_into_event(message: Message) -> None:
    """Stripe hinted at something about a gift: ask how it stands. Asking again is harmless."""
    try:
        ask_and_follow(program_id=message.program_id, donation_id=message.facts["donation_id"])
    except PaymentDiffers:  # asking again would say the same
        with acting_in(message.program_id):
            note_finding(Finding.Kind.PAYMENT_DIFFERS, about=message.about)


@handles("stripe_unknown", asks_outside=True)
def look_into_the_unknown(message: Message) -> None:
    """Money moved at Stripe and the event names no gift: ask whose it is, else put it before a person."""
    facts, is_ours = message.facts, False
    with acting_in(message.program_id):
        organisation = Organisation.objects.get(pk=facts["organisation_id"])
    with suppress(PaymentPageRefused):  # Stripe has no such thing: it was of a test, or was taken away
        is_ours = find_whose(
            program_id=message.program_id, organisation=organisation, thing_id=facts["thing_id"]
        )
    if not is_ours:
        with acting_in(message.program_id):
            kind, about = Finding.Kind.UNKNOWN_EVENT, message.about
            note_finding(kind, about=about, organisation=organisation, event=facts["kind"])


@handles("monthly_event", asks_outside=True)
def look_into_monthly(message: Message) -> None:
    """Stripe hinted at something about a monthly gift: ask how it stands, and book what was paid."""
    try:
        ask_and_take_in(program_id=message.program_id, pledge_id=message.facts["pledge_id"])
    except PaymentDiffers:  # asking again would say the same
        with acting_in(message.program_id):
            note_finding(Finding.Kind.PAYMENT_DIFFERS, about=message.about)


@handles("monthly_to_stripe", asks_outside=True)
def tell_stripe_of_monthly(message: Message) -> None:
    """A donor stopped or changed it. Stripe away: the outbox asks again."""
    bring_to_stripe(program_id=message.program_id, pledge_id=message.facts["pledge_id"])


@handles("loose_decline", asks_outside=True)
def note_loose_decline(message: Message) -> None:
    """A declined card that names nothing: a later month of a monthly gift tries out no card."""
    facts = message.facts
    with acting_in(message.program_id):
        organisation = Organisation.objects.get(pk=facts["organisation_id"])
    if fetch_reference(organisation=organisation, thing_id=facts["thing_id"]).is_renewal:
        return
    with acting_in(message.program_id):
        hear_loose_decline(program_id=message.program_id, event_id=facts["event_id"])


@handles("campaign_closed")
def stop_its_monthly_gifts(message: Message) -> None:
    """Each running monthly gift of a closed campaign is stopped; each has a message of its own to Stripe."""
    stop_monthly_of(campaign=Campaign.objects.get(pk=message.facts["campaign_id"]))


for _topic in MONTHLY_MAILS:
    handles(_topic)(tell_of_monthly)


@handles("stripe_payout", asks_outside=True)
def look_into_payouts(message: Message) -> None:
    """Stripe paid out to the bank, or could not."""
    ask_about_payout(
        program_id=message.program_id,
        organisation_id=message.facts["organisation_id"],
        payout_id=message.facts["payout_id"],
    )


@handles("fraud_warning")
def warn_of_fraud(message: Message) -> None:
    """A bank says the card was misused: a dispute will follow unless the gift goes back first."""
    donation = Donation.objects.select_related("campaign__organisation").get(pk=message.facts["donation_id"])
    note_finding(
        Finding.Kind.FRAUD_WARNING,
        about=donation.source,
        organisation=donation.campaign.organisation,
        amount_yen=donation.amount_yen,
        donation_id=donation.pk,
    )


@handles("refund_asked", asks_outside=True)
def send_refund(message: Message) -> None:
    """Ask Stripe for a refund. One that it refuses stands among the findings."""
    with acting_in(message.program_id):
        program = Program.objects.get(pk=message.program_id)
    with suppress(RefundNotPossible):
        ask_stripe_to_refund(program=program, refund_id=message.facts["refund_id"])


@handles("card_declined")
def note_decline(message: Message) -> None:
    """A card was declined on a gift's payment page; Stripe need not be asked, the page is still open."""
    donation = Donation.objects.get(pk=message.facts["donation_id"])
    if SavedCard.objects.filter(donation=donation, page_session_id="").exists():
        return  # we charged it ourselves, at the campaign's end: nobody tried a card
    hear_decline(donation=donation, event_id=message.facts["event_id"])


@handles("close_payment_page", asks_outside=True)
def close_payment_page(message: Message) -> None:
    """Too many cards were declined on it. Stripe away: the outbox asks again."""
    close_page(program_id=message.program_id, donation_id=message.facts["donation_id"])


@handles("forget_card", asks_outside=True)
def forget_the_card(message: Message) -> None:
    """A saved card is needed no longer: Stripe forgets it."""
    forget_card(program_id=message.program_id, donation_id=message.facts["donation_id"])


@handles("shield_raised")
def tell_office_of_shield(message: Message) -> None:
    """One mail to one of the secretariat, in their language: what happens, and that nothing needs doing."""
    person = Membership.objects.select_related("user").get(pk=message.facts["membership_id"]).user
    program = Program.objects.get(pk=message.program_id)
    with override(person.language):
        send_mail_about(message, to=person.email, mail=shield_mail(message.facts["declined"], program))


@handles("gift_paid")
def thank_the_donor(message: Message) -> None:
    """Thanks, the amount and the link to the result page, in the donor's language."""
    donation = Donation.objects.select_related("campaign__organisation").get(pk=message.facts["donation_id"])
    if donation.pledge_id and not donation.is_first_month:
        return  # a receipt for the year says them all; nobody sat before a page
    if not donation.campaign.is_all_or_nothing:  # a saved card was heard of when it was saved
        hear_payment(donation=donation)
    if donation.pledge_id:
        return  # monthly_started thanks for the first month
    program = Program.objects.get(pk=message.program_id)
    with override(donation.language):
        send_mail_about(message, to=donation.email, mail=thanks_mail(donation, program))


@handles("gift_to_pay")
def tell_how_to_pay(message: Message) -> None:
    """The gift is paid at a shop or by bank: where its code or account stands, and until when."""
    donation = Donation.objects.select_related("campaign__organisation").get(pk=message.facts["donation_id"])
    if not donation.is_waiting:
        return
    program = Program.objects.get(pk=message.program_id)
    with override(donation.language):
        send_mail_about(message, to=donation.email, mail=to_pay_mail(donation, program))


@handles("refund_done")
def tell_of_refund(message: Message) -> None:
    """The money is on its way back: how much, to where, and how long it takes."""
    refund = Refund.objects.select_related("donation__campaign__organisation").get(
        pk=message.facts["refund_id"]
    )
    program = Program.objects.get(pk=message.program_id)
    with override(refund.donation.language):
        send_mail_about(message, to=refund.donation.email, mail=refund_mail(refund, program))


@handles("receipt_asked")
def issue_what_was_asked(message: Message) -> None:
    """A donor asked, or the money has settled since, or a receipt is replaced: issue it now if it can be.

    What cannot be issued yet waits for the money, the year's end or the secretariat, on its page.
    """
    ask = ReceiptAsk.objects.get(pk=message.facts["ask_id"])
    try:
        issue_asked(ask=ask, actor=None)
    except Refused as refusal:
        log.info("%s: not issued now (%s)", message.about, refusal.code)


@handles("receipt_issued")
def tell_the_donor_of_a_receipt(message: Message) -> None:
    """A link to the donor's page; the paper itself is never in a mail."""
    receipt = Receipt.objects.select_related("organisation").get(pk=message.facts["receipt_id"])
    tell_of_receipt(message, receipt, receipt_mail)


@handles("receipt_cancelled")
def tell_the_donor_of_a_cancelled_receipt(message: Message) -> None:
    """So that nobody hands in a paper that is void."""
    receipt = Receipt.objects.select_related("organisation").get(pk=message.facts["receipt_id"])
    tell_of_receipt(message, receipt, receipt_cancelled_mail)
