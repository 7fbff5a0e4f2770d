"""A refusal that no form caught becomes a page in words, never a 500."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kernel.errors import Refused


class RefusalMiddleware:
    """The verb wrote nothing; the page says why and what to do. The API answers in config/api_errors.py."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """403 or 409 with the refusal's words."""
        if not isinstance(exception, Refused):
            return None
        words = str(exception)
        return render(request, "errors/refused.html", {"words": words}, status=exception.status)
