"""The mails about logging in. allauth writes and sends them, by the adapter that these samples ask too."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from outbox.mail_kinds import Audience, Written, describes_mail
from programs.models import Program

SITE = SimpleNamespace(domain=urlsplit(settings.PUBLIC_URL).netloc, name="")
LINK = "/accounts/password/reset/key/sample/"


def _sample(kind: str, **facts: Any) -> Written:
    letter = get_adapter().render_mail(
        f"account/email/{kind}", "sample@example.jp", {"current_site": SITE, **facts}
    )
    return Written(kind, letter.subject, letter.body)


@describes_mail("login_code", label=_("A code to sign in"), to=Audience.EVERYONE, is_answer=True)
def _code(program: Program) -> Written:
    return _sample("login_code", code="12345678")


@describes_mail("password_reset_key", label=_("A new password"), to=Audience.EVERYONE, is_answer=True)
def _password(program: Program) -> Written:
    return _sample("password_reset_key", password_reset_url=settings.PUBLIC_URL + LINK)


@describes_mail(
    "unknown_account",
    label=_("A code was asked for with an unknown address"),
    to=Audience.EVERYONE,
    is_answer=True,
)
def _unknown(program: Program) -> Written:
    return _sample("unknown_account")
