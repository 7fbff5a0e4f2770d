"""What is no JSON of a sensible size gets a clear answer, on the API's one open address."""

import pytest
from django.test import Client

ADDRESS = "/shibuya/api/v1/devices"
DEEP = b"[" * 30_000  # json.loads gives up with a RecursionError: it was a 500


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe{}", b"\x00", DEEP, b'{"code":' * 5_000]
    + [b'{"code": NaN}', b'{"code": "\\ud800"}', b'{"code": "\\u0000"}', b'{"code": {}}'],
)
def test_what_is_not_as_asked_is_invalid(program, body):
    answer = Client().post(ADDRESS, body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid")


def test_a_long_body_is_not_read_on(program):
    answer = Client().post(ADDRESS, b'{"code": "' + b"x" * 70_000 + b'"}', content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_what_does_not_say_that_it_is_json_is_refused(program, kind):
    answer = Client().generic("POST", ADDRESS, b"{}", content_type=kind)
    assert (answer.status_code, answer.json()["error"]) == (415, "not_json")
