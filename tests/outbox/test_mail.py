"""Mail from a handler: a repeat carries the same Message-ID; a refusing mail server leaves it to be done."""

import smtplib
import socketserver
import threading
from collections.abc import Iterator

import pytest
from django.core import mail
from django.test import override_settings

from donations.mails import facts_of_gift, sample_gift
from kernel.mail_address import address_key
from outbox.deliver import deliver
from outbox.handlers import HANDLERS
from outbox.mail import send_mail_about
from outbox.mail_kinds import write_mail
from outbox.models import Mail, MailReturn, Message
from outbox.put import put
from programs.models import Program
from programs.scoping import acting_in
from tests.outbox.returned import a_mail, a_return


def tell(message: Message) -> None:
    a_mail("parent@x.example", message=message)


def test_a_repeat_is_the_same_mail_and_another_message_another(program: Program) -> None:
    first, second = put("test_topic", about="thing:1"), put("test_topic", about="thing:2")

    for message in (first, first, second):
        tell(message)

    ids = [sent.extra_headers["Message-ID"] for sent in mail.outbox]
    assert ids[0] == ids[1] != ids[2]
    assert [m.to for m in mail.outbox] == [["parent@x.example"]] * 3
    assert Mail.objects.count() == 2


def test_a_title_with_a_line_break_is_no_header_and_stops_no_mail(program: Program) -> None:
    written = write_mail(
        "gift_paid",
        subject="News\r\nBcc: somebody@x.example",
        template="donations/mail/thanks.txt",
        **facts_of_gift(sample_gift(program), program),
    )

    send_mail_about(put("test_topic", about="thing:1"), to="parent@x.example", mail=written)

    (sent,) = mail.outbox
    assert (sent.subject, sent.to, sent.bcc) == ("News Bcc: somebody@x.example", ["parent@x.example"], [])


def test_two_readers_of_one_message_have_two_ids(program: Program) -> None:
    message = put("test_topic", about="thing:1")

    a_mail("mother@x.example", message=message)
    a_mail("father@x.example", message=message)

    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 2


def test_what_is_written_down_names_no_address(program: Program) -> None:
    row = a_mail("Hanako@Example.jp")

    stored = Mail.objects.values().get(pk=row.pk)
    assert "hanako" not in str(stored).lower()
    assert row.masked == "h•••@example.jp"
    assert bytes(stored["address_key"]) == address_key("hanako@example.jp", program_id=program.pk)
    assert row.header_id == mail.outbox[0].extra_headers["Message-ID"]


def test_another_program_has_another_key(two_programs: tuple[Program, Program]) -> None:
    keys = {address_key("hanako@example.jp", program_id=one.pk) for one in two_programs}

    assert len(keys) == 2


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
    assert not Mail.objects.exists()


class Refusing(socketserver.StreamRequestHandler):
    """An SMTP server that refuses every reader with `answer`."""

    answer = b"550 no such mailbox"

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            said = self.answer if word == b"RCPT" else b"221 bye" if word == b"QUIT" else b"250 ok"
            self.wfile.write(said + b"\r\n")
            if word == b"QUIT":
                return


FOR_GOOD = (b"550 no such mailbox", b"550 5.1.1 unknown", b"553 5.1.3 bad", b"554 5.2.1 closed")
FOR_NOW = (
    b"450 full",
    b"552 full",
    b"550 5.2.2 full",
    b"554 5.7.1 relay access denied",
    b"550 5.7.1 your server stands on a list",
    b"550 5.4.1 access denied",
    b"550 5.1.8 the sender's domain is not known",
)


@pytest.fixture(params=[*FOR_GOOD, *FOR_NOW])
def refusing(request: pytest.FixtureRequest) -> Iterator[tuple[int, bytes]]:
    handler = type("Answering", (Refusing,), {"answer": request.param})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], request.param
        server.shutdown()


def test_a_reader_refused_for_good_is_a_return_and_for_now_is_tried_again(
    program: Program, monkeypatch: pytest.MonkeyPatch, refusing: tuple[int, bytes]
) -> None:
    port, answer = refusing
    monkeypatch.setitem(HANDLERS, "test_topic", tell)
    message = put("test_topic", about="thing:1")

    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
    ):
        done = deliver(program.pk, message.pk)

    assert done is (answer in FOR_GOOD)
    assert list(MailReturn.objects.values_list("kind", flat=True)) == (["hard"] if done else [])
    assert Mail.objects.count() == (1 if done else 0)


@pytest.mark.parametrize(
    ("came_back", "kind", "goes"),
    [
        ("hard", "gift_paid", False),
        ("hard", "campaign_update", False),
        ("complaint", "campaign_update", False),
        ("complaint", "gift_paid", True),  # it answers what they did
        ("soft", "campaign_update", True),
    ],
)
def test_where_mails_come_back_no_more_go_and_who_complained_gets_answers_alone(
    program: Program, came_back: str, kind: str, goes: bool
) -> None:
    a_return("hanako@example.jp", came_back)
    mail.outbox.clear()

    row = a_mail("HANAKO@example.jp", kind=kind)

    assert len(mail.outbox) == int(goes)
    assert row.is_held is not goes


def test_another_address_and_another_program_are_not_touched(
    program: Program, other_program: Program
) -> None:
    a_return("hanako@example.jp")
    with acting_in(other_program.pk):
        assert not a_mail("hanako@example.jp").is_held
    assert not a_mail("taro@example.jp").is_held
