"""What follows from messages of this floor. Found by the outbox at start-up."""

import logging

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from donations.confirm import ask_and_confirm
from donations.errors import PaymentDiffers
from donations.issue_receipt import issue_asked
from donations.issue_receipts import KIND, issue_next
from donations.models import Donation, Receipt, ReceiptAsk
from donations.receipt_mail import tell_of_receipt
from kernel.errors import Refused
from outbox.handlers import handles, steps
from outbox.mail import send_mail_about
from outbox.models import Message
from programs.models import Program

log = logging.getLogger(__name__)
steps(KIND)(issue_next)


@handles("stripe_event")
def look_into_event(message: Message) -> None:
    """Stripe hinted at something about a gift: ask how it stands. Asking again is harmless."""
    try:
        ask_and_confirm(program_id=message.program_id, donation_id=message.facts["donation_id"])
    except PaymentDiffers:
        # Asking again would say the same; the sweep names the gift in the log until someone settles it.
        log.error("%s: paid another sum than promised, not booked", message.about)


@handles("gift_paid")
def thank_the_donor(message: Message) -> None:
    """Thanks, the amount and the link to the result page, in the donor's language."""
    donation = Donation.objects.select_related("campaign__organisation").get(pk=message.facts["donation_id"])
    program = Program.objects.get(pk=message.program_id)
    with override(donation.language):
        address = settings.PUBLIC_URL + reverse("gift", args=[program.slug, donation.reference])
        body = render_to_string(
            "donations/mail/thanks.txt", {"donation": donation, "program": program, "address": address}
        )
        send_mail_about(message, to=donation.email, subject=_("Thank you for your gift"), body=body)


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
    receipt = Receipt.objects.select_related("ask__donation").get(pk=message.facts["receipt_id"])
    tell_of_receipt(message, receipt, "donations/mail/receipt.txt")


@handles("receipt_cancelled")
def tell_the_donor_of_a_cancelled_receipt(message: Message) -> None:
    """So that nobody hands in a paper that is void."""
    receipt = Receipt.objects.select_related("ask__donation").get(pk=message.facts["receipt_id"])
    tell_of_receipt(message, receipt, "donations/mail/receipt_cancelled.txt")
