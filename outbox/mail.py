"""Mail from a handler: one message, one Message-ID, so that a repeat is seen as the same mail."""

from django.conf import settings
from django.core.mail import EmailMessage

from outbox.models import Message


def send_mail_about(
    message: Message, *, to: str, subject: str, body: str, headers: dict[str, str] | None = None
) -> None:
    """Send one plain-text mail. `subject` never says what the program is for.

    headers: more of them, such as the one by which mail programs take an address off a list.

    Runs in the handler's transaction: if the mail server refuses, the message stays to be done.
    A crash between the server's word and our commit may send it twice; both carry the same
    Message-ID, by which mail programs show one.
    """
    mail = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to], headers=headers)
    mail.extra_headers["Message-ID"] = f"<{message.program_id}.{message.pk}@outbox.study-coupon>"
    mail.send()
