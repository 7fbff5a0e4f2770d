"""What follows from messages of this floor. Found by the outbox at start-up."""

import logging

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from donations.close_page import close_page
from donations.confirm import ask_and_confirm
from donations.errors import PaymentDiffers
from donations.models import Donation
from donations.shield import hear_decline, hear_payment
from outbox.handlers import handles
from outbox.mail import send_mail_about
from outbox.models import Message
from programs.models import Membership, Program

log = logging.getLogger(__name__)


@handles("stripe_event")
def look_into_event(message: Message) -> None:
    """Stripe hinted at something about a gift: ask how it stands. Asking again is harmless."""
    try:
        ask_and_confirm(program_id=message.program_id, donation_id=message.facts["donation_id"])
    except PaymentDiffers:
        # Asking again would say the same; the sweep names the gift in the log until someone settles it.
        log.error("%s: paid another sum than promised, not booked", message.about)


@handles("card_declined")
def note_decline(message: Message) -> None:
    """A card was declined on a gift's payment page; Stripe need not be asked, the page is still open."""
    donation = Donation.objects.get(pk=message.facts["donation_id"])
    hear_decline(donation=donation, event_id=message.facts["event_id"])


@handles("close_payment_page")
def close_payment_page(message: Message) -> None:
    """Too many cards were declined on it. Stripe away: the outbox asks again."""
    close_page(program_id=message.program_id, donation_id=message.facts["donation_id"])


@handles("shield_raised")
def tell_office_of_shield(message: Message) -> None:
    """One mail to one of the secretariat, in their language: what happens, and that nothing needs doing."""
    person = Membership.objects.select_related("user").get(pk=message.facts["membership_id"]).user
    program = Program.objects.get(pk=message.program_id)
    with override(person.language):
        facts = {
            "program": program,
            "declined": message.facts["declined"],
            "address": settings.PUBLIC_URL + reverse("office", args=[program.slug]),
        }
        body = render_to_string("donations/mail/shield_raised.txt", facts)
        send_mail_about(message, to=person.email, subject=_("Many declined cards"), body=body)


@handles("gift_paid")
def thank_the_donor(message: Message) -> None:
    """Thanks, the amount and the link to the result page, in the donor's language."""
    donation = Donation.objects.select_related("campaign__organisation").get(pk=message.facts["donation_id"])
    hear_payment(donation=donation)
    program = Program.objects.get(pk=message.program_id)
    with override(donation.language):
        address = settings.PUBLIC_URL + reverse("gift", args=[program.slug, donation.reference])
        body = render_to_string(
            "donations/mail/thanks.txt", {"donation": donation, "program": program, "address": address}
        )
        send_mail_about(message, to=donation.email, subject=_("Thank you for your gift"), body=body)
