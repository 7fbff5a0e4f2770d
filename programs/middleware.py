"""Holds one program's transaction around a request to `/<program>/...`.

ATOMIC_REQUESTS would end before a template response is rendered; here the scope lasts until the
answer is ready, and an answer of 500 or more rolls everything back.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from programs.models import Program
from programs.scoping import acting_in

View = Callable[..., HttpResponse]


def own_transactions(view: View) -> View:
    """Mark a view that waits for an outside service between transactions of its own."""
    view.own_transactions = True  # type: ignore[attr-defined]
    return view


def _program_slug(request: HttpRequest) -> str | None:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    request.has_own_transactions = getattr(match.func, "own_transactions", False)  # type: ignore[attr-defined]
    return match.kwargs.get("program")


class ProgramMiddleware:
    """Sets request.program and opens its scope; views get no `program` argument."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.program = request.actor = None  # type: ignore[attr-defined]
        slug = _program_slug(request)
        if slug is None:
            return self.get_response(request)
        program = Program.objects.filter(slug=slug).first()
        request.program = program  # type: ignore[attr-defined]
        if program is None or request.has_own_transactions:  # type: ignore[attr-defined]
            return self.get_response(request)
        with acting_in(program.pk, user_id=request.user.pk):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        """The program is known from the request; a missing one answers 404 in words."""
        if "program" in kwargs:
            if request.program is None:  # type: ignore[attr-defined]
                raise Http404("no such program")
            del kwargs["program"]
