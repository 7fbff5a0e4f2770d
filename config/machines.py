"""How the API talks: JSON, whatever was asked for."""

import json
from typing import Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

MOST_BYTES = 64 * 1024  # no till sends a hundredth of it


class AlwaysJson(BaseContentNegotiation):
    """One parser and one renderer, so nothing to choose between."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """JSON in, if it says it is JSON; else 415."""
        return parsers[0] if request.content_type.split(";")[0].strip() == parsers[0].media_type else None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """JSON out."""
        return renderers[0], renderers[0].media_type


class TooLarge(APIException):
    """The body is longer than anything we ask for."""

    status_code = 413
    default_detail = "The request body is too large."


class SmallJson(BaseParser):
    """JSON of a sensible size. DRF's own reads on without end, and nesting without end answered 500."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """What the body says. Raises ParseError, TooLarge."""
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise TooLarge
        try:
            return json.loads(raw, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError from error


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
