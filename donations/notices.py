"""What follows from messages of this floor. Found by the outbox at start-up."""

import logging

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from donations.confirm import ask_and_confirm
from donations.errors import PaymentDiffers
from donations.models import Donation
from donations.post_update import KIND, TOPIC, mail_next
from donations.update_mail import tell_donor_of_update
from outbox.handlers import handles, steps
from outbox.mail import send_mail_about
from outbox.models import Message
from programs.models import Program

log = logging.getLogger(__name__)

steps(KIND)(mail_next)
handles(TOPIC)(tell_donor_of_update)


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
