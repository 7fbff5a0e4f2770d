"""Middleware for pages, which requests of machines pass by: a till's request needs no session, cookie or form.

Each name below is Django's or another's middleware. An API request carries its own token and its body
is no form, so sessions, CSRF, messages and page policies cost it a quarter of its time for nothing.
"""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

GetResponse = Callable[[HttpRequest], HttpResponse]
_MACHINES = re.compile(r"/[-\w]+/api/v\d+/")


def is_for_machines(request: HttpRequest) -> bool:
    """Whether the address is below `/<program>/api/v1/`."""
    return _MACHINES.match(request.path_info) is not None


class PagesOnly:
    """One middleware that pages go through and machines go round."""

    def __init__(self, path: str, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.inner = import_string(path)(get_response)
        if hasattr(self.inner, "process_view"):
            self.process_view = self._process_view

    def __call__(self, request: HttpRequest) -> HttpResponse:
        through = self.get_response if is_for_machines(request) else self.inner
        return through(request)

    def _process_view(self, request: HttpRequest, *rest: Any) -> HttpResponse | None:
        if is_for_machines(request):
            return None
        answer: HttpResponse | None = self.inner.process_view(request, *rest)
        return answer


def _pages_only(path: str) -> Callable[[GetResponse], PagesOnly]:
    def build(get_response: GetResponse) -> PagesOnly:
        return PagesOnly(path, get_response)

    return build


policy = _pages_only("csp.middleware.CSPMiddleware")
static = _pages_only("whitenoise.middleware.WhiteNoiseMiddleware")
session = _pages_only("django.contrib.sessions.middleware.SessionMiddleware")
csrf = _pages_only("django.middleware.csrf.CsrfViewMiddleware")
user = _pages_only("django.contrib.auth.middleware.AuthenticationMiddleware")
messages = _pages_only("django.contrib.messages.middleware.MessageMiddleware")
frames = _pages_only("django.middleware.clickjacking.XFrameOptionsMiddleware")
htmx = _pages_only("django_htmx.middleware.HtmxMiddleware")
