"""Refusals in Stripe's shape: type, code, message, param."""

from __future__ import annotations


class ApiError(Exception):
    """One refusal that the SDK turns into its own exception class."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.fields: dict[str, object] = {"type": kind, "code": code, "message": message, "param": param}

    def body(self, request_id: str) -> dict[str, object]:
        """Returns the JSON answer; absent fields are left out, as Stripe does."""
        error: dict[str, object] = {name: value for name, value in self.fields.items() if value is not None}
        error["request_log_url"] = f"http://stand-in.invalid/logs/{request_id}"
        return {"error": error}


def missing(kind: str, object_id: str, *, param: str = "id") -> ApiError:
    """404 for an id that this account does not have; another account's id looks the same."""
    return ApiError(f"No such {kind}: '{object_id}'", status=404, code="resource_missing", param=param)


def unknown_parameter(name: str) -> ApiError:
    return ApiError(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
