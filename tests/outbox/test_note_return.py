"""outbox.note_return behind the mail provider's door: anymail's own view, fed with what Postmark sends."""

import base64
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from outbox.mail_gateway import Said
from outbox.mail_queries import standing_of
from outbox.models import Mail, MailReturn
from outbox.note_return import note_return, take_in
from outbox.put import put
from programs.models import Program
from programs.scoping import acting_in
from tests.outbox.returned import a_mail

SECRET = "mails:a-password-of-many-letters"
# Postmark's own words, which anymail reads.
INACTIVE = (
    "You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses:",
    "Inactive recipients are ones that have generated a hard bounce or a spam complaint.",
)


class Provider(ThreadingHTTPServer):
    """Answers as Postmark's interface does; `heard` holds what was handed over."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.heard: list[dict[str, Any]] = []
        self.code = 0


class Answering(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append(said)
        code = self.server.code
        words = f"{INACTIVE[0]} {said['To']}. {INACTIVE[1]}" if code else "OK"
        answer = {"To": said["To"], "MessageID": "pm-1", "ErrorCode": code, "Message": words}
        self.send_response(422 if code else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """A running provider that mails are handed to, and whose calls are believed."""
    with Provider() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        settings.MAIL_PROVIDER = "postmark"
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "token",
            "POSTMARK_API_URL": f"http://127.0.0.1:{running.server_address[1]}/",
            "WEBHOOK_SECRET": SECRET,
        }
        yield running
        running.shutdown()


def bounce(sent: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What Postmark says of a mail that came back."""
    said = {
        "RecordType": "Bounce",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "MessageID": "pm-1",
        "Email": sent["To"],
        "BouncedAt": "2027-03-31T03:00:00Z",
        "Metadata": sent["Metadata"],
    }
    return {**said, **changes}


def call(said: Any, secret: str = SECRET) -> HttpResponse:
    """The provider's call, with a browser's protection on as in real life."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    key = base64.b64encode(secret.encode()).decode()
    return client.post(  # type: ignore[return-value]
        "/mail-events/",
        json.dumps(said),
        content_type="application/json",
        headers={"Authorization": f"Basic {key}"},
    )


def test_the_provider_gets_marks_without_a_name_and_its_own_id_is_kept(
    program: Program, provider: Provider
) -> None:
    row = a_mail("hanako@example.jp")

    (sent,) = provider.heard
    key = bytes(row.address_key).hex()[:16]
    assert sent["Metadata"] == {"program": str(program.pk), "message": str(row.message_id), "to": key}
    assert row.provider_id == "pm-1"
    assert {"Name": "Message-ID", "Value": row.header_id} in sent["Headers"]
    assert "HtmlBody" not in sent


def test_a_return_is_noted_once_and_stops_the_address(program: Program, provider: Provider) -> None:
    row = a_mail("hanako@example.jp")
    said = bounce(provider.heard[0])

    assert [call(said).status_code for _ in range(2)] == [200, 200]

    noted = MailReturn.objects.get()
    assert (noted.mail_id, noted.kind) == (row.pk, "hard")
    assert not standing_of(row.address_key).takes(is_answer=True)
    assert a_mail("hanako@example.jp").is_held
    assert len(provider.heard) == 1


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"Type": "SoftBounce"}, "soft"),
        ({"Type": "Transient"}, "soft"),
        ({"Type": "DnsError"}, "soft"),
        ({"Type": "Blocked"}, "soft"),  # our server is blocked: no fault of the address
        ({"Type": "BadEmailAddress"}, "hard"),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, "complaint"),
        ({"RecordType": "Delivery", "ID": None}, ""),
        ({"RecordType": "Open"}, ""),
        ({"Type": "AutoResponder"}, ""),
    ],
)
def test_what_the_provider_says_is_read_as_it_is_meant(
    program: Program, provider: Provider, said: dict[str, Any], kind: str
) -> None:
    a_mail("hanako@example.jp")

    assert call(bounce(provider.heard[0], **said)).status_code == 200

    assert list(MailReturn.objects.values_list("kind", flat=True)) == ([kind] if kind else [])


def test_of_two_readers_of_one_message_the_right_ones_mail_came_back(
    program: Program, provider: Provider
) -> None:
    message = put("test_topic", about="donation:1")
    mother, father = (a_mail(f"{who}@example.jp", message=message) for who in ("mother", "father"))

    assert call(bounce(provider.heard[1])).status_code == 200

    assert MailReturn.objects.get().mail_id == father.pk
    assert standing_of(mother.address_key).takes(is_answer=False)


def marked(program: Program) -> dict[str, str]:
    """The marks of a mail that was sent."""
    row = a_mail("hanako@example.jp")
    marks = {"program": str(program.pk), "message": str(row.message_id)}
    return {**marks, "to": bytes(row.address_key).hex()[:16]}


def from_brevo(marks: dict[str, str], event: str) -> dict[str, Any]:
    return {"event": event, "email": "hanako@example.jp", "X-Mailin-custom": json.dumps(marks)}


def from_mailjet(marks: dict[str, str], is_hard: bool, error: str) -> dict[str, Any]:
    said = {"event": "bounce", "hard_bounce": is_hard, "error": error, "MessageID": 1, "time": 1}
    return {**said, "Payload": json.dumps(marks)}


def from_sparkpost(marks: dict[str, str], bounce_class: str) -> list[dict[str, Any]]:
    event = {"type": "bounce", "bounce_class": bounce_class, "event_id": "1", "rcpt_meta": marks}
    return [{"msys": {"message_event": event}}]


def from_mailgun(marks: dict[str, str], severity: str) -> dict[str, Any]:
    signed = {"timestamp": "1", "token": "t" * 50}
    letters = hmac.digest(b"signing key", f"1{signed['token']}".encode(), "sha256").hex()
    data = {
        "event": "failed",
        "severity": severity,
        "reason": "bounce",
        "timestamp": 1,
        "user-variables": marks,
    }
    return {"signature": {**signed, "signature": letters}, "event-data": data}


@pytest.mark.parametrize(
    ("name", "say", "kind"),
    [
        ("brevo", lambda marks: from_brevo(marks, "hard_bounce"), "hard"),
        ("brevo", lambda marks: from_brevo(marks, "soft_bounce"), "soft"),
        ("brevo", lambda marks: from_brevo(marks, "spam"), "complaint"),
        ("brevo", lambda marks: from_brevo(marks, "delivered"), ""),
        ("mailjet", lambda marks: from_mailjet(marks, True, "user unknown"), "hard"),
        ("mailjet", lambda marks: from_mailjet(marks, False, "quota exceeded"), "soft"),
        ("sparkpost", lambda marks: from_sparkpost(marks, "10"), "hard"),
        ("sparkpost", lambda marks: from_sparkpost(marks, "22"), "soft"),  # the mailbox is full
        ("sparkpost", lambda marks: from_sparkpost(marks, "52"), "soft"),  # our words look like spam
        ("mailgun", lambda marks: from_mailgun(marks, "permanent"), "hard"),
        ("mailgun", lambda marks: from_mailgun(marks, "temporary"), "soft"),
    ],
)
def test_every_provider_offered_is_understood(
    program: Program, settings: Settings, name: str, say: Callable[[dict[str, str]], Any], kind: str
) -> None:
    marks = marked(program)
    settings.MAIL_PROVIDER = name
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": "signing key"}

    assert call(say(marks)).status_code == 200
    assert call(say(marks)).status_code == 200  # replayed

    assert list(MailReturn.objects.values_list("kind", flat=True)) == ([kind] if kind else [])
    assert call(say(marks), "mails:forged-password-of-letters").status_code == 400


def test_a_call_that_mailgun_did_not_sign_writes_nothing(program: Program, settings: Settings) -> None:
    marks = marked(program)
    settings.MAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": "signing key"}
    said = from_mailgun(marks, "permanent")
    said["signature"]["signature"] = "0" * 64

    assert call(said).status_code == 400
    assert not MailReturn.objects.exists()


@pytest.mark.parametrize("secret", ["mails:another-password", "", "other:a-password-of-many-letters"])
def test_a_forged_call_writes_nothing(program: Program, provider: Provider, secret: str) -> None:
    a_mail("hanako@example.jp")

    assert call(bounce(provider.heard[0]), secret).status_code == 400
    assert not MailReturn.objects.exists()


def test_without_a_provider_the_door_is_closed(program: Program, settings: Settings) -> None:
    settings.MAIL_PROVIDER = ""

    assert call({"RecordType": "Bounce"}).status_code == 403


def test_another_programs_mail_is_not_touched(
    program: Program, other_program: Program, provider: Provider
) -> None:
    with acting_in(other_program.pk):
        a_mail("hanako@example.jp")
    marks = provider.heard[0]["Metadata"]

    crossed = bounce(provider.heard[0], Metadata={**marks, "program": str(program.pk)})
    assert call(crossed).status_code == 200

    assert not MailReturn.objects.exists()
    with acting_in(other_program.pk):
        assert not MailReturn.objects.exists()
        call(bounce(provider.heard[0]))
        assert MailReturn.objects.count() == 1
    assert not MailReturn.objects.exists()


@pytest.mark.parametrize(
    "marks",
    [
        {},
        {"program": "x"},
        {"program": "9" * 30, "message": "1"},
        {"program": "1", "message": "1", "to": "a"},
    ],
)
def test_mails_that_are_none_of_ours_are_passed_over(
    program: Program, provider: Provider, marks: dict[str, str]
) -> None:
    a_mail("hanako@example.jp")

    assert call(bounce(provider.heard[0], Metadata=marks)).status_code == 200
    assert not MailReturn.objects.exists()


def test_the_address_that_a_call_names_is_not_looked_at(program: Program, provider: Provider) -> None:
    row = a_mail("hanako@example.jp")

    call(bounce(provider.heard[0], Email="taro@example.jp"))

    assert MailReturn.objects.get().address_key == row.address_key
    assert not a_mail("taro@example.jp").is_held


def test_an_address_the_provider_refuses_at_once_is_a_return(program: Program, provider: Provider) -> None:
    provider.code = 406

    row = a_mail("hanako@example.jp")

    assert MailReturn.objects.get().mail_id == row.pk


def test_a_held_mail_cannot_come_back(program: Program, provider: Provider) -> None:
    first = a_mail("hanako@example.jp")
    note_return(mail=first, kind="hard", event_id="1")
    held = a_mail("hanako@example.jp")
    marks = {
        "program": str(program.pk),
        "message": str(held.message_id),
        "to": bytes(held.address_key).hex()[:16],
    }

    said = Said(
        kind="hard", event_id="2", program_id=marks["program"], message=marks["message"], to=marks["to"]
    )

    assert take_in(said) is None
    assert MailReturn.objects.count() == 1


def test_what_was_noted_is_never_changed(program: Program) -> None:
    mail = a_mail("hanako@example.jp")
    note_return(mail=mail, kind="hard", event_id="1")

    for rows in (MailReturn.objects, Mail.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()
