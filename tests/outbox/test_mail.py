"""Mail from a handler: a repeat carries the same Message-ID; a refusing mail server leaves it to be done."""

import smtplib

import pytest
from django.core import mail
from django.test import override_settings

from outbox.deliver import deliver
from outbox.handlers import HANDLERS
from outbox.mail import send_mail_about
from outbox.models import Message
from outbox.put import put
from programs.models import Program


def tell(message: Message) -> None:
    send_mail_about(message, to="parent@x.example", subject="Notice", body="Body")


def test_a_repeat_is_the_same_mail_and_another_message_another(program: Program) -> None:
    first, second = put("test_topic", about="thing:1"), put("test_topic", about="thing:2")

    for message in (first, first, second):
        tell(message)

    ids = [sent.extra_headers["Message-ID"] for sent in mail.outbox]
    assert ids[0] == ids[1] != ids[2]
    assert [(m.to, m.subject, m.body) for m in mail.outbox] == [(["parent@x.example"], "Notice", "Body")] * 3


def test_a_mail_server_that_is_away_leaves_the_message_to_be_done(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HANDLERS, "test_topic", tell)
    message = put("test_topic", about="thing:1")

    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=1
    ):
        assert deliver(program.pk, message.pk) is False
        with pytest.raises((OSError, smtplib.SMTPException)):
            tell(message)

    message.refresh_from_db()
    assert message.done_at is None
    assert "refused" in message.last_error
