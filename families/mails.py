"""What this floor writes to families, and a sample of each. Subjects never say what the program is for."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from outbox.mail_kinds import Audience, Written, describes_mail, write_mail
from programs.models import Program


def family_mail(
    kind: str, program: Program, *, subject: str | Promise, template: str, **facts: Any
) -> Written:
    """A mail to a family: with the address of its own page, and of no other."""
    page = settings.PUBLIC_URL + reverse("family", args=[program.slug])
    return write_mail(kind, subject=subject, template=template, program=program, page=page, **facts)


def approved_mail(program: Program) -> Written:
    """The application was approved."""
    subject = _("Notice about your application")
    return family_mail(
        "application_approved", program, subject=subject, template="families/mail/approved.txt"
    )


def declined_mail(program: Program) -> Written:
    """The application was declined."""
    subject = _("Notice about your application")
    return family_mail(
        "application_declined", program, subject=subject, template="families/mail/declined.txt"
    )


describes_mail(
    "application_approved", label=_("An application was approved"), to=Audience.FAMILIES, is_answer=True
)(approved_mail)
describes_mail(
    "application_declined", label=_("An application was declined"), to=Audience.FAMILIES, is_answer=True
)(declined_mail)
