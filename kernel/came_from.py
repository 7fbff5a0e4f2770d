"""Where a request came from, for limits that must not shut out everybody else."""

import ipaddress
from typing import Any

from allauth.account.adapter import get_adapter

NETWORK_BITS = {4: 24, 6: 48}  # what one connection or one small provider commonly holds


LINE_BITS = {4: 32, 6: 64}  # one connection: a household's router has all addresses of a /64


def came_from(request: Any) -> str:
    """The sender's address range, '203.0.113.0/24'. Behind the TLS proxy it is the proxy's word that counts."""
    return address_range(get_adapter().get_client_ip(request))


def line_of(request: Any) -> str:
    """The sender's one connection, '203.0.113.7/32' or '2001:db8:1:2::/64'."""
    return address_range(get_adapter().get_client_ip(request), LINE_BITS)


def address_range(address: str, bits: dict[int, int] = NETWORK_BITS) -> str:
    """'2001:db8:1:2::5' -> '2001:db8:1::/48': a person has many addresses, but few ranges."""
    read = ipaddress.ip_address(address)
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped:
        read = read.ipv4_mapped
    return str(ipaddress.ip_network((read, bits[read.version]), strict=False))
