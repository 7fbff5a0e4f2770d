"""The API's errors: application/problem+json with stable codes. One place."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from kernel.errors import Refused

CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Unknown errors return None and become 500 by Django."""
    if isinstance(error, Refused):
        return _problem(error.status, error.code, str(error))
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    detail = error.detail
    fields = detail if isinstance(detail, dict) else {}
    words = "" if fields else str(detail[0] if isinstance(detail, list) else detail)
    code = CODES.get(error.status_code, "error")
    response = _problem(error.status_code, code, words, **({"fields": fields} if fields else {}))
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response


def _problem(status: int, code: str, words: str, **more: Any) -> Response:
    body = {"type": "about:blank", "status": status, "error": code, "detail": words, **more}
    return Response(body, status=status, content_type="application/problem+json")
