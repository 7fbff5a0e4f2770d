"""How the API talks: JSON, whatever was asked for."""

from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request


class AlwaysJson(BaseContentNegotiation):
    """One parser and one renderer, so nothing to choose between."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """JSON in, if it says it is JSON; else 415."""
        return parsers[0] if request.content_type.split(";")[0].strip() == parsers[0].media_type else None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """JSON out."""
        return renderers[0], renderers[0].media_type
