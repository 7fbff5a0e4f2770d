"""Holds one program's transaction around a request to `/<program>/...`.

ATOMIC_REQUESTS would end before a template response is rendered; here the scope lasts until the
answer is ready, and an answer of 500 or more rolls everything back.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from programs.directory import find_program
from programs.scoping import acting_in

View = Callable[..., HttpResponse]


def own_transactions(view: View) -> View:
    """Mark a view that waits for an outside service between transactions of its own."""
    view.own_transactions = True  # type: ignore[attr-defined]
    return view


@lru_cache(maxsize=2048)
def _route(path_info: str) -> tuple[str | None, bool]:
    """The program's slug in an address, and whether its view keeps transactions of its own."""
    try:
        match = resolve(path_info)
    except Resolver404:
        return None, False
    return match.kwargs.get("program"), getattr(match.func, "own_transactions", False)


class ProgramMiddleware:
    """Sets request.program and opens its scope; views get no `program` argument."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.program = request.actor = None  # type: ignore[attr-defined]
        slug, has_own_transactions = _route(request.path_info)
        if slug is None:
            return self.get_response(request)
        program = find_program(slug)
        request.program = program  # type: ignore[attr-defined]
        if program is None or has_own_transactions:
            return self.get_response(request)
        person = getattr(request, "user", None)  # machines have none
        with acting_in(program.pk, user_id=person.pk if person else None):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_view(self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]) -> None:
        """The program is known from the request; a missing one answers 404 in words."""
        if "program" in kwargs:
            if request.program is None:  # type: ignore[attr-defined]
                raise Http404("no such program")
            del kwargs["program"]
