"""Middleware for pages, which requests of machines pass by: a till's request needs no session, cookie or form.

An API request carries its own token and its body is no form, so sessions, CSRF, messages, page policies and
the page's language cost it a third of its time for nothing. Each list below is Django's or another's
middleware, in order; a machine goes round the whole list in one step.
"""

import re
from collections.abc import Callable
from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import get_language_from_request, override

GetResponse = Callable[[HttpRequest], HttpResponse]
_MACHINES = re.compile(r"/[-\w]+/((?:api/v\d+|webhooks)/|pictures/[-\w]+\.webp$)|/mail-events/$")


def is_for_machines(request: HttpRequest) -> bool:
    """Whether the address is below `/<program>/api/v1/` or `/<program>/webhooks/`, is a picture, or is the mail provider's door."""
    return _MACHINES.match(request.path_info) is not None


class PagesOnly:
    """Several middlewares that pages go through and machines go round."""

    paths: tuple[str, ...] = ()

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.inner: Any = get_response
        self.views_hooks: list[Any] = []
        for path in reversed(self.paths):
            middleware = import_string(path)(self.inner)
            if hasattr(middleware, "process_view"):
                self.views_hooks.insert(0, middleware.process_view)
            self.inner = convert_exception_to_response(middleware)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        through = self.for_machines if is_for_machines(request) else self.inner
        answer: HttpResponse = through(request)
        return answer

    def for_machines(self, request: HttpRequest) -> HttpResponse:
        """The way round."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *rest: Any) -> HttpResponse | None:
        """What the middlewares say once the view is known, the first answer counts."""
        if is_for_machines(request):
            return None
        answers = (hook(request, *rest) for hook in self.views_hooks)
        return next((answer for answer in answers if answer is not None), None)


class Visit(PagesOnly):
    """The page's policy, static files, the session, and the language; machines name theirs in a header."""

    paths = (
        "csp.middleware.CSPMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
    )

    def for_machines(self, request: HttpRequest) -> HttpResponse:
        """The way round, in the language that the machine asks for."""
        with override(get_language_from_request(request)):
            return self.get_response(request)


class Person(PagesOnly):
    """Who asks, and what a form needs."""

    paths = (
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
    )
