"""Mail from a handler: one message, one Message-ID for each address, so that a repeat is seen as the same mail."""

from django.conf import settings
from django.core.mail import EmailMessage

from kernel.mail_address import address_key, masked
from outbox.mail_gateway import Handed, hand_over
from outbox.mail_kinds import MAIL_KINDS, Written
from outbox.mail_queries import standing_of
from outbox.models import Mail, MailReturn, Message
from outbox.note_return import TO_LETTERS, note_return


def send_mail_about(message: Message, *, to: str, mail: Written) -> Mail:
    """Send one plain-text mail and write down that it went, or that nobody is reached at the address.

    Runs in the handler's transaction: if the mail server is away, the message stays to be done.
    A crash between the server's word and our commit may send it twice; both carry the same
    Message-ID, by which mail programs show one.
    """
    key = address_key(to, program_id=message.program_id)
    name = f"{message.program_id}.{message.pk}.{key.hex()[:TO_LETTERS]}"
    row = Mail(
        message=message,
        kind=mail.kind,
        about=message.about,
        address_key=key,
        masked=masked(to),
        header_id=f"<{name}@outbox.study-coupon>",
    )
    row.is_held = not standing_of(key).takes(is_answer=MAIL_KINDS[mail.kind].is_answer)
    handed = Handed() if row.is_held else _hand(row, to, mail)
    row.provider_id = handed.provider_id
    written = _kept(row)
    if handed.is_refused:
        note_return(mail=written, kind=MailReturn.Kind.HARD, event_id=f"at once:{written.pk}")
    return written


def _hand(row: Mail, to: str, mail: Written) -> Handed:
    letter = EmailMessage(
        mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [to], headers=dict(mail.headers)
    )
    letter.extra_headers["Message-ID"] = row.header_id
    program, message, key = row.header_id.strip("<").partition("@")[0].split(".")
    return hand_over(letter, marks={"program": program, "message": message, "to": key})


def _kept(row: Mail) -> Mail:
    """The row, written once: of a message done twice the first one stands."""
    Mail.objects.bulk_create([row], ignore_conflicts=True)
    kept: Mail = Mail.objects.get(message=row.message, address_key=row.address_key)
    return kept
