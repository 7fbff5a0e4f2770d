"""The mail to a donor about a receipt, in the donor's language."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from donations.models import Donation, Receipt
from outbox.mail import send_mail_about
from outbox.models import Message
from programs.models import Program


def tell_of_receipt(message: Message, receipt: Receipt, template: str) -> None:
    """Send it. Neither the subject nor the mail says a name or carries the paper."""
    program = Program.objects.get(pk=message.program_id)
    last: Donation | None = Donation.objects.filter(email=receipt.email).order_by("-id").first()
    with override(last.language if last else "ja"):
        address = settings.PUBLIC_URL + reverse("my-receipts", args=[program.slug])
        facts = {"receipt": receipt, "program": program, "address": address}
        subject = _("About your document %(number)s") % {"number": receipt.full_number}
        body = render_to_string(template, facts)
        send_mail_about(message, to=receipt.email, subject=subject, body=body)
