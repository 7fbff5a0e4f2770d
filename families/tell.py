"""Write to a household's guardians, each in their own language."""

from collections.abc import Callable

from django.utils.translation import override

from families.queries import guardians_to_tell
from outbox.mail import send_mail_about
from outbox.mail_kinds import Written
from outbox.models import Message
from programs.models import Program


def tell_guardians(message: Message, *, household_id: int, write: Callable[[Program], Written]) -> int:
    """One mail to every guardian who signs in. Returns how many; a household without any is done quietly.

    `write` makes the mail in the language that is active when it is called.
    """
    program = Program.objects.get(pk=message.program_id)
    people = [guardian.membership.user for guardian in guardians_to_tell(household_id) if guardian.membership]
    for user in people:
        with override(user.language):
            send_mail_about(message, to=user.email, mail=write(program))
    return len(people)
