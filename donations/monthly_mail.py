"""Telling a donor of a monthly gift, in the donor's language: begun, changed, stopped, card declined."""

from django.utils.translation import override

from donations.mails import monthly_mail
from donations.models import Pledge
from outbox.mail import send_mail_about
from outbox.models import Message
from programs.models import Program


def tell_of_monthly(message: Message) -> None:
    """One of the four; of a decline only while it is true."""
    pledge = Pledge.objects.select_related("campaign__organisation").get(pk=message.facts["pledge_id"])
    if message.topic == "monthly_declined" and not pledge.is_declined:
        return  # it was charged meanwhile, or is over
    program = Program.objects.get(pk=message.program_id)
    with override(pledge.language):
        send_mail_about(message, to=pledge.email, mail=monthly_mail(message.topic, pledge, program))
