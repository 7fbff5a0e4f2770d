"""How people get in: allauth's hooks, and what we ask before someone sets up or takes away a second factor.

Who may enter staff pages is decided in programs/entering.py alone. Here stands what keeps that honest:
an app is set up only in a session that was opened with a password, else whoever reads a staff
member's mail could sign in by a mailed code and set up an app of their own.
"""

import base64
from collections.abc import Callable
from functools import wraps
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as totp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kernel.sealing import seal_secret, unseal_secret
from programs.entering import came_with_password, has_second_factor
from programs.models import User

View = Callable[..., HttpResponse]


class MailAway(Exception):
    """The mail server does not answer; config/pages.py makes it a 503 that says what to do."""


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers by themselves: families are invited, donors get an account with a gift."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Codes and password links. Not through the outbox: a code must not lie in a table."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            raise MailAway from error


class AppAdapter(DefaultMFAAdapter):
    """The secrets of apps and recovery codes lie sealed in the database, as organisations' keys do."""

    def encrypt(self, text: str) -> str:
        """For the database."""
        return base64.b64encode(seal_secret(text, context="second factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """From the database."""
        return unseal_secret(base64.b64decode(encrypted_text), context="second factor")


def has_app(user: User) -> bool:
    """Whether the person has an authenticator app set up."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def activate_app(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app. The code typed here opens this session's staff pages at once."""
    if not came_with_password(request):
        return redirect("second-factor")
    had_one = has_app(request.user)  # type: ignore[arg-type]  # signed_in stands before
    response: HttpResponse = totp.activate_totp(request)
    if request.method == "POST" and not had_one and has_app(request.user):  # type: ignore[arg-type]
        record_authentication(request, request.user, method="mfa", type="totp")
    return response


def with_second_factor(view: View) -> View:
    """Only in a session that used the app (or a recovery code) itself."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if has_second_factor(request) else redirect("second-factor")

    return guarded


deactivate_app = with_second_factor(totp.deactivate_totp)
