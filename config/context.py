"""What every page's template has."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The program of the address (or None) and whether its people are made up."""
    program = getattr(request, "program", None)
    return {"program": program, "demonstration": bool(program and program.is_demonstration) or settings.DEMO}
