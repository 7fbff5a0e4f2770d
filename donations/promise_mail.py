"""Telling who promised a gift: once a topic, and only while it is still true."""

from django.utils.translation import override

from donations.mails import PROMISE_MAILS, promise_mail
from donations.models import Donation, SavedCard
from donations.shield import hear_payment
from outbox.mail import send_mail_about
from outbox.models import Message
from programs.models import Program


def tell_promiser(message: Message) -> None:
    """One mail in the donor's language; none when the gift has gone on since."""
    donation = Donation.objects.select_related("campaign__organisation").get(pk=message.facts["donation_id"])
    card = SavedCard.objects.get(donation=donation)
    card.donation = donation
    if message.topic == "card_saved":
        hear_payment(donation=donation)
    if donation.state != PROMISE_MAILS[message.topic].state:
        return
    program = Program.objects.get(pk=message.program_id)
    with override(donation.language):
        send_mail_about(message, to=donation.email, mail=promise_mail(message.topic, card, program))
