"""Every kind of mail that the product sends, each with a sample of what it says.

A floor says in its `mails.py` (found at start-up) what it writes: a function that makes a mail of facts, used by
the handler that sends it, and a sample that calls the same function with made-up facts, for the secretariat's page.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programs.models import Program


class Audience(TextChoices):
    """Who gets a kind of mail."""

    DONORS = "donors", _("To donors")
    FAMILIES = "families", _("To families")
    OFFICE = "office", _("To the secretariat")
    EVERYONE = "everyone", _("To everyone who signs in")


@dataclass(frozen=True)
class Written:
    """A mail in words, as it is sent. `subject` never says what the program is for."""

    kind: str
    subject: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


Sample = Callable[[Program], Written]


@dataclass(frozen=True)
class MailKind:
    """One kind of mail.

    is_answer   it answers what its reader did: it is sent also to who complained of other mails
    """

    name: str
    label: str | Promise
    to: Audience
    is_answer: bool
    sample: Sample


MAIL_KINDS: dict[str, MailKind] = {}


def describes_mail(
    name: str, *, label: str | Promise, to: Audience, is_answer: bool = False
) -> Callable[[Sample], Sample]:
    """Register the sample of a kind of mail. It is drawn in the language that is active, for the program given."""

    def register(sample: Sample) -> Sample:
        if name in MAIL_KINDS:
            raise RuntimeError(f"two samples of {name}")
        MAIL_KINDS[name] = MailKind(name, label, to, is_answer, sample)
        return sample

    return register


def write_mail(
    kind: str,
    *,
    subject: str | Promise,
    template: str,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> Written:
    """The mail of that kind in the active language: plain text, no more than one empty line in a row."""
    if kind not in MAIL_KINDS:
        raise RuntimeError(f"{kind} has no sample: describes_mail() in a mails.py")
    body = re.sub(r"\n{3,}", "\n\n", render_to_string(template, facts)).strip() + "\n"
    # A line break in a title would keep every mail about it from going.
    one_line = " ".join(str(subject).split())
    return Written(kind, one_line, body, headers or {})
