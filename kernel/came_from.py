"""Where a request came from, for limits that must not shut out everybody else."""

import ipaddress
from typing import Any

from allauth.account.adapter import get_adapter

NETWORK_BITS = {4: 24, 6: 48}  # what one connection or one small provider commonly holds


def came_from(request: Any) -> str:
    """The sender's address range, '203.0.113.0/24'. Behind the TLS proxy it is the proxy's word that counts."""
    return address_range(get_adapter().get_client_ip(request))


def address_range(address: str) -> str:
    """'2001:db8:1:2::5' -> '2001:db8:1::/48': a person has many addresses, but few ranges."""
    read = ipaddress.ip_address(address)
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped:
        read = read.ipv4_mapped
    return str(ipaddress.ip_network((read, NETWORK_BITS[read.version]), strict=False))
