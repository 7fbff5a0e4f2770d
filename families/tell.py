"""Write to a household's guardians, each in their own language."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import override

from families.queries import guardians_to_tell
from outbox.mail import send_mail_about
from outbox.models import Message
from programs.models import Program


def tell_guardians(
    message: Message, *, household_id: int, subject: str | Promise, template: str, **facts: Any
) -> int:
    """One mail to every guardian who signs in. Returns how many; a household without any is done quietly.

    `subject` is lazy text and never says what the program is for: it stands on a locked screen.
    """
    program = Program.objects.get(pk=message.program_id)
    page = settings.PUBLIC_URL + reverse("family", args=[program.slug])
    people = [guardian.membership.user for guardian in guardians_to_tell(household_id) if guardian.membership]
    for user in people:
        with override(user.language):
            body = render_to_string(template, {**facts, "program": program, "page": page})
            send_mail_about(message, to=user.email, subject=str(subject), body=body)
    return len(people)
