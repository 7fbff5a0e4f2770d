"""The campaign's page for people we know nothing about: drawn once in a few seconds, with holes for each one's own.

Kept in this process, so that nothing is shared but by the same program, campaign and language, and Redis is not
needed. What is each visitor's own (the forms' tokens, the gift's key and the form's mark) is cut out of the drawn
page and put in again for each one. A visitor with any cookie but the language's and the forms' gets a page of
their own, and so does an address with a question mark: nothing of a person is ever drawn for others.
"""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import get_language

from donations.admit import Guard, new_mark, question_of
from kernel.remember import Remembered

Draw = Callable[[UUID], tuple[HttpResponse, Guard]]

TOKEN, KEY, MARK, QUESTION = range(4)
Parts = list[bytes | int]  # text, and the number of what goes between

_pages: Remembered[Parts] = Remembered()


def is_for_everyone(request: HttpRequest) -> bool:
    """Whether nothing that the visitor sent can change the page but its language."""
    known = {settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME}
    return not request.META.get("QUERY_STRING") and set(request.COOKIES) <= known


def for_everyone(request: HttpRequest, campaign_id: int, draw: Draw) -> HttpResponse:
    """The page, drawn by `draw` (once for all that ask within PAGES_REMEMBERED_SECONDS), with this visitor's own."""
    program = request.program  # type: ignore[attr-defined]
    place = (program.pk, campaign_id, get_language())
    parts = _pages.get(place, lambda: _drawn(draw), seconds=settings.PAGES_REMEMBERED_SECONDS)
    key = uuid4()
    mark = new_mark(campaign_id=campaign_id, request_key=key)
    own = {
        TOKEN: get_token(request).encode(),
        KEY: str(key).encode(),
        MARK: mark.encode(),
        QUESTION: question_of(mark).encode(),
    }
    return HttpResponse(b"".join(own[part] if isinstance(part, int) else part for part in parts))


def _drawn(draw: Draw) -> Parts:
    """A page in pieces; what is cut out is what this one drawing had, so no visitor's own stays in."""
    key = uuid4()
    response, guard = draw(key)
    holes = {
        rb'(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]+(?=")': TOKEN,
        re.escape(str(key).encode()): KEY,
        re.escape(guard.mark.encode()): MARK,
        re.escape(guard.question.encode()): QUESTION,
    }
    parts: Parts = [response.content]
    for pattern, hole in holes.items():
        parts = [piece for part in parts for piece in _cut(part, pattern, hole)]
    return parts


def _cut(part: bytes | int, pattern: bytes, hole: int) -> Parts:
    if isinstance(part, int):
        return [part]
    pieces: Parts = []
    for piece in re.split(pattern, part):
        pieces += [piece, hole]
    return pieces[:-1]
