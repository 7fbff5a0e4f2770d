"""Where a request came from: by the proxy's word where there is one, never by the sender's own."""

import pytest
from django.test import RequestFactory, override_settings

from kernel.came_from import address_range, came_from, line_of


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("127.0.0.1", "127.0.0.0/24"),
    ],
)
def test_addresses_near_each_other_are_one_place(address: str, where: str) -> None:
    assert address_range(address) == where


def test_what_a_sender_says_of_itself_counts_only_behind_a_proxy() -> None:
    request = RequestFactory().get(
        "/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.7"}
    )
    assert came_from(request) == "192.0.2.0/24"
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
        assert came_from(request) == "203.0.113.0/24"


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("2001:db8:1:2:aaaa::5", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
    ],
)
def test_one_connection_is_one_address_or_one_64(address: str, line: str) -> None:
    assert line_of(RequestFactory().get("/", REMOTE_ADDR=address)) == line
