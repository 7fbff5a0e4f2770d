"""The mail to a donor about a receipt, in the donor's language."""

from collections.abc import Callable

from django.utils.translation import override

from donations.models import Donation, Receipt
from outbox.mail import send_mail_about
from outbox.mail_kinds import Written
from outbox.models import Message
from programs.models import Program


def tell_of_receipt(message: Message, receipt: Receipt, write: Callable[[Receipt, Program], Written]) -> None:
    """Send it, in the language of the donor's last gift."""
    program = Program.objects.get(pk=message.program_id)
    last: Donation | None = Donation.objects.filter(email=receipt.email).order_by("-id").first()
    with override(last.language if last else "ja"):
        send_mail_about(message, to=receipt.email, mail=write(receipt, program))
