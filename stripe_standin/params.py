"""Read and check what a client sends: form fields with brackets become nested values."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from stripe_standin.errors import ApiError, unknown_parameter

Params = dict[str, Any]
MAX_METADATA_KEYS, MAX_METADATA_KEY, MAX_METADATA_VALUE = 50, 40, 500


def decode(text: str) -> Params:
    """'a[b][0][c]=1' -> {'a': {'b': [{'c': '1'}]}}; every leaf stays text."""
    tree: Params = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        head, *rest = name.replace("]", "").split("[")
        place, key = tree, head
        for following in rest:
            below = place.setdefault(key, {})
            if not isinstance(below, dict):
                raise ApiError(f"Invalid parameter: {name}", param=name)
            place, key = below, following or str(len(below))
        place[key] = value
    return {key: _lists(value) for key, value in tree.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(below) for key, below in value.items()}


def only(params: Params, known: set[str], *, under: str = "") -> None:
    """Refuse a parameter that the stand-in does not honour: silence would hide a real difference."""
    for name in params:
        if name not in known:
            raise unknown_parameter(f"{under}[{name}]" if under else name)


def text(params: Params, name: str, *, longest: int = 5_000) -> str | None:
    value = params.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ApiError(f"Invalid string: {name}", param=name)
    if len(value) > longest:
        message = f"Invalid string: {name} must be at most {longest} characters"
        raise ApiError(message, code="parameter_invalid_string", param=name)
    return value


def required(params: Params, name: str, *, called: str | None = None) -> str:
    value = text(params, name)
    if value is None:
        shown = called or name
        raise ApiError(f"Missing required param: {shown}.", code="parameter_missing", param=shown)
    return value


def integer(value: Any, name: str) -> int:
    """'1000' -> 1000. Yen have no fractions, so '1000.5' and '1e3' are refused."""
    if not isinstance(value, str) or not value.removeprefix("-").isascii():
        raise ApiError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    if not value.removeprefix("-").isdigit():
        raise ApiError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def truth(params: Params, name: str) -> bool:
    value = params.get(name, "false")
    if value not in ("true", "false"):
        raise ApiError(f"Invalid boolean: {value}", param=name)
    return bool(value == "true")


def choice(params: Params, name: str, allowed: tuple[str, ...], default: str | None) -> str | None:
    value = text(params, name)
    if value is None:
        return default
    if value not in allowed:
        listed = f"{', '.join(allowed[:-1])}, or {allowed[-1]}" if len(allowed) > 1 else allowed[0]
        raise ApiError(f"Invalid {name}: must be one of {listed}", param=name)
    return value


def group(params: Params, name: str) -> Params:
    value = params.get(name) or {}
    if not isinstance(value, dict):
        raise ApiError(f"Invalid object: {name}", param=name)
    return value


def metadata(params: Params, *, before: dict[str, str] | None = None) -> dict[str, str]:
    """Merge new keys into the old; an empty value takes its key away."""
    merged = dict(before or {})
    for key, value in group(params, "metadata").items():
        if len(key) > MAX_METADATA_KEY or not isinstance(value, str) or len(value) > MAX_METADATA_VALUE:
            message = "Metadata keys have up to 40 characters and values up to 500."
            raise ApiError(message, param=f"metadata[{key}]")
        if value == "":
            merged.pop(key, None)
        else:
            merged[key] = value
    if len(merged) > MAX_METADATA_KEYS:
        raise ApiError("You can only have 50 metadata keys.", param="metadata")
    return merged
