"""The mails about a promised gift: each says what was taken, what happens next, and what the donor can do."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from donations.models import Donation, SavedCard
from donations.shield import hear_payment
from outbox.mail import send_mail_about
from outbox.models import Message
from programs.models import Program

# Topic -> subject, and the state in which the mail is still true; its text is donations/mail/<topic>.txt.
MAILS: dict[str, tuple[str | Promise, str]] = {
    "card_saved": (_("Your gift is promised"), Donation.State.SAVED),
    "card_let_go": (_("Nothing was taken"), Donation.State.LET_GO),
    "promise_declined": (_("Your gift could not be charged"), Donation.State.DECLINED),
    "promise_reminder": (_("Your gift is not paid yet"), Donation.State.DECLINED),
    "promise_failed": (_("Your gift was not paid"), Donation.State.FAILED),
}


def tell_promiser(message: Message) -> None:
    """One mail in the donor's language; none when the gift has gone on since."""
    subject, state = MAILS[message.topic]
    donation = Donation.objects.select_related("campaign__organisation").get(pk=message.facts["donation_id"])
    card = SavedCard.objects.get(donation=donation)
    if message.topic == "card_saved":
        hear_payment(donation=donation)
    if donation.state != state:
        return
    program = Program.objects.get(pk=message.program_id)
    with override(donation.language):
        address = settings.PUBLIC_URL + reverse("gift", args=[program.slug, donation.reference])
        facts = {"donation": donation, "card": card, "program": program, "address": address}
        body = render_to_string(f"donations/mail/{message.topic}.txt", facts)
        send_mail_about(message, to=donation.email, subject=str(subject), body=body)
