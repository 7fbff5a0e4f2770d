"""A mail that was sent, and one that came back."""

from donations.mails import sample_gift, thanks_mail
from outbox.mail import send_mail_about
from outbox.mail_kinds import Written
from outbox.models import Mail, MailReturn, Message
from outbox.note_return import note_return
from outbox.put import put
from programs.models import Program


def a_mail(to: str, *, kind: str = "gift_paid", message: Message | None = None) -> Mail:
    """Sent to that address from a handler; it is about no gift that there is."""
    message = message or put("test_topic", about="donation:1")
    written = thanks_mail(
        sample_gift(Program.objects.get(pk=message.program_id)), Program.objects.get(pk=message.program_id)
    )
    return send_mail_about(message, to=to, mail=Written(kind, written.subject, written.body))


def a_return(to: str, kind: str = MailReturn.Kind.HARD, event_id: str = "") -> MailReturn:
    """The same, and it came back."""
    mail = a_mail(to)
    return note_return(mail=mail, kind=kind, event_id=event_id or f"test:{mail.pk}")
