"""What this floor writes: the invitation, and a sample of it."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.clock import now
from outbox.mail_kinds import Audience, Written, describes_mail, write_mail
from programs.models import Invitation, Program


def invitation_mail(invitation: Invitation, token: str, program: Program) -> Written:
    """The link, which works once."""
    return write_mail(
        "invitation",
        subject=_("Your invitation"),
        template="people/mail/invitation.txt",
        invitation=invitation,
        program=program,
        url=settings.PUBLIC_URL + reverse("invitation", args=[program.slug, token]),
    )


@describes_mail("invitation", label=gettext_lazy("An invitation"), to=Audience.EVERYONE)
def _sample_invitation(program: Program) -> Written:
    invitation = Invitation(program=program, expires_at=now() + timedelta(days=7))
    return invitation_mail(invitation, "sample", program)
