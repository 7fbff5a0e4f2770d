"""Note that a mail came back, or that its reader complained of it. Each once, and only for mails that we sent."""

from django.db import transaction

from outbox.mail_gateway import Said
from outbox.models import Mail, MailReturn
from programs.models import Program
from programs.scoping import acting_in

TO_LETTERS = 16  # of the address's key, in the mail's marks


@transaction.atomic
def note_return(*, mail: Mail, kind: str, event_id: str) -> MailReturn:
    """Write it down. The same event again, also at the same instant, is the row that is there already."""
    row = MailReturn(mail=mail, kind=kind, event_id=event_id, address_key=mail.address_key)
    MailReturn.objects.bulk_create([row], ignore_conflicts=True)
    noted: MailReturn = MailReturn.objects.get(event_id=event_id)
    return noted


def take_in(said: Said) -> MailReturn | None:
    """What the provider's signed call says of one mail. None, and nothing is written, when it is none of ours.

    The address is the one that we wrote to; what the call names is not looked at.
    """
    if not (_is_number(said.program_id) and _is_number(said.message)):
        return None  # another sender's mail of the same account, or a mailed code: those are not written down
    program = Program.objects.filter(pk=int(said.program_id)).first()
    if program is None:
        return None
    with acting_in(program.pk):
        mails = Mail.objects.filter(message=int(said.message), is_held=False)
        mail = next((one for one in mails if bytes(one.address_key).hex()[:TO_LETTERS] == said.to), None)
        return note_return(mail=mail, kind=said.kind, event_id=said.event_id) if mail else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
