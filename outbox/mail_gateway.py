"""The mail server or provider: hands a mail over, and hears what became of it. Alone imports anymail.

Which provider is a setting (MAIL_PROVIDER); without one mails go by SMTP, whose server says at once when it does
not know an address, and nothing afterwards.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from smtplib import SMTPRecipientsRefused
from typing import Any

from anymail.exceptions import AnymailRecipientsRefused
from anymail.signals import EventType, RejectReason, tracking
from anymail.urls import urlpatterns
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)
PERMANENT = {550, 551, 553}  # SMTP: this address takes no mail
# An enhanced code says it better (RFC 3463): X.1 is the address, X.2.1 a closed mailbox. A full mailbox (X.2.2), a
# relay that does not know us and a list that we stand on (X.7) are no fault of the address.
ENHANCED = re.compile(rb"\s*(\d\.\d{1,3}\.\d{1,3})\b")
NO_SUCH_ADDRESS = re.compile(rb"5\.1\.[^78]|5\.2\.1$")
# A provider's reasons that are no fault of the address.
OUR_FAULT = {RejectReason.BLOCKED, RejectReason.TIMED_OUT, RejectReason.OTHER}
HARD_CLASSES = ("10", "30")  # SparkPost's bounces that are for good: nobody is there


@dataclass(frozen=True)
class Handed:
    """What was said when a mail was handed over."""

    provider_id: str = ""
    is_refused: bool = False  # the address takes no mails


@dataclass(frozen=True)
class Said:
    """What the provider says of one mail of ours: its kind of return, and the marks that we put on the mail."""

    kind: str  # hard, soft or complaint
    event_id: str
    program_id: str
    message: str
    to: str


Listener = Callable[[Said], object]


def hand_over(mail: EmailMessage, *, marks: dict[str, str]) -> Handed:
    """Send it. Raises what the backend raises when the server is away or refuses for another reason.

    marks: go with the mail where the provider can carry them, and come back with its events. Never personal.
    """
    mail.metadata = marks  # type: ignore[attr-defined]  # anymail's; other backends do not look
    try:
        mail.send()
    except AnymailRecipientsRefused:
        return Handed(is_refused=True)
    except SMTPRecipientsRefused as error:
        if all(_is_for_good(code, words) for code, words in error.recipients.values()):
            return Handed(is_refused=True)
        raise
    status = getattr(mail, "anymail_status", None)
    return Handed(provider_id=(status and status.message_id) or "")


def _is_for_good(code: int, words: bytes) -> bool:
    """Whether a server's answer to a recipient says that nobody is there. For anything else a mail is tried again."""
    said = ENHANCED.match(words)
    return bool(NO_SUCH_ADDRESS.match(said[1])) if said else code in PERMANENT


def listen(listener: Listener) -> None:
    """Tell `listener` of every return and complaint that a provider's signed call names."""

    def hear(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
        said = _said(event, esp_name)
        if said:
            listener(said)

    tracking.connect(hear, weak=False, dispatch_uid="outbox")


def _said(event: Any, esp_name: str) -> Said | None:
    kinds = {EventType.BOUNCED: "hard", EventType.REJECTED: "hard", EventType.COMPLAINED: "complaint"}
    if event.event_type in (EventType.DEFERRED, EventType.FAILED):
        kind = "soft"
    elif event.event_type in kinds:
        kind = kinds[event.event_type]
    else:
        return None
    if kind == "hard" and (event.reject_reason in OUR_FAULT or _is_soft(event.esp_event)):
        kind = "soft"
    if event.reject_reason == RejectReason.SPAM and event.event_type == EventType.BOUNCED:
        kind = "soft"  # the receiving server took our mail for spam; its reader said nothing
    marks = event.metadata or {}
    named = f"{esp_name}:{event.event_id or ''}"
    if not event.event_id:  # some providers name no event: then one of each kind for each mail
        named = f"{esp_name}:{marks.get('message')}:{marks.get('to')}:{kind}"
    return Said(
        kind=kind,
        event_id=named[:120],
        program_id=str(marks.get("program", "")),
        message=str(marks.get("message", "")),
        to=str(marks.get("to", "")),
    )


def _is_soft(raw: Any) -> bool:
    """Whether the provider itself calls a return passing: anymail's own words do not tell it for all of them."""
    said = raw if isinstance(raw, dict) else {}
    said = next(iter(said.get("msys", {}).values()), said)  # SparkPost's envelope
    return (
        said.get("Type") == "SoftBounce"  # Postmark
        or said.get("event") == "soft_bounce"  # Brevo
        or said.get("hard_bounce") is False  # Mailjet
        or said.get("bounce_class", HARD_CLASSES[0]) not in HARD_CLASSES  # SparkPost
    )


def provider_view() -> Callable[[HttpRequest], HttpResponse] | None:
    """anymail's own view for the provider of this installation: it checks the call's secret and signature."""
    name = f"{settings.MAIL_PROVIDER}_tracking_webhook"
    return next((p.callback for p in urlpatterns if settings.MAIL_PROVIDER and p.name == name), None)
