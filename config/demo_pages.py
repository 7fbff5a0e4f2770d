"""Pages of the demonstration alone: links that sign in as anyone, and the mails that would have been sent."""

import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login, logout
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from partners.add_device import add_device
from partners.enrol_device import enrol_device
from partners.models import ClassroomStaff, Device
from partners.views.devices import keep
from programs.entering import by_capability, open_to_all
from programs.models import Membership, Program, Role, User
from programs.scoping import acting_in

SALT = "demo sign-in"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MAILS_SHOWN = 50


def sign_in_path(user: User, path: str) -> str:
    """The demonstration's link that signs in as `user` and goes to `path`."""
    return reverse("demo-sign-in", args=[signing.dumps([user.pk, path], salt=SALT)])


@by_capability
@never_cache
@require_GET
def demo_sign_in(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as the person of the key. Counter staff get an enrolled device with it."""
    try:
        user_id, path = signing.loads(key, salt=SALT)
    except signing.BadSignature as error:
        raise Http404("not a link of this demonstration") from error
    user = get_object_or_404(User, pk=user_id, is_active=True)
    if request.user.is_authenticated:
        logout(request)
    login(request, user, backend=BACKEND)
    record_authentication(request, user, method="demo", reauthenticated=True)
    response = redirect(path)
    program = Program.objects.filter(slug=path.strip("/").split("/")[0]).first()
    if program is not None:
        _enrol_this_browser(request, response, program, user)
    return response


def _enrol_this_browser(request: HttpRequest, response: HttpResponse, program: Program, user: User) -> None:
    """Make this browser a tablet of the classroom where the person works, if they work at one."""
    with acting_in(program.pk, user_id=user.pk):
        staff = (
            ClassroomStaff.objects.filter(membership__user=user, membership__is_active=True)
            .select_related("classroom__provider")
            .first()
        )
        office = Membership.objects.filter(role=Role.OFFICE, is_active=True).first()
        if staff is None or office is None:
            return
        kind = Device.Kind.SCREEN
        added = add_device(
            classroom=staff.classroom, label=_("Demonstration tablet"), kind=kind, actor=office
        )
        token = enrol_device(code=added.code, kind=kind).token
    request.program = program  # type: ignore[attr-defined]
    keep(request, response, token)


@dataclass(frozen=True)
class Mail:
    """One mail that would have been sent."""

    to: str
    subject: str
    body: str
    sent_at: datetime


@open_to_all
@never_cache
@require_GET
def demo_mail(request: HttpRequest) -> HttpResponse:
    """The newest mails, so that a tester can read codes and open invitations."""
    folder = Path(settings.EMAIL_FILE_PATH) if settings.EMAIL_FILE_PATH else None
    return render(request, "config/demo_mail.html", {"mails": mails_in(folder) if folder else []})


def mails_in(folder: Path) -> list[Mail]:
    """The newest mails of Django's file backend, newest first."""
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    found: list[Mail] = []
    for file in files[:MAILS_SHOWN]:
        sent_at = datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)
        parts = file.read_bytes().split(b"-" * 79)
        found += [_read(part.strip(b"\n"), sent_at) for part in reversed(parts) if part.strip()]
    return found[:MAILS_SHOWN]


def _read(raw: bytes, sent_at: datetime) -> Mail:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the policy makes it one
    body = message.get_body(("plain",))
    return Mail(str(message["To"]), str(message["Subject"]), body.get_content() if body else "", sent_at)
