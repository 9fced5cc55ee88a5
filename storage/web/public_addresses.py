"""Decides whether an IP address belongs to the public internet, judging resolved addresses and not names."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64_PREFIX = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
_IPV4_MASK = 0xFFFF_FFFF
_NEVER_PUBLIC = (
    IPv6Network("fec0::/10"),  # site-local, given up by RFC 3879 and still routed inside offices
    IPv6Network("::/96"),  # IPv4-compatible, given up by RFC 4291: ::10.0.0.1 is 10.0.0.1
    IPv6Network("64:ff9b:1::/48"),  # RFC 8215: translation inside a network
)
"""Networks that the library takes for public, or whose status differs between its versions."""


def is_public_address(address: str) -> bool:
    """Whether an address is public: not private, loopback, link-local, reserved or multicast.

    An IPv6 address that wraps an IPv4 one is judged by both: ``::ffff:10.0.0.1`` is 10.0.0.1.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and any(found in network for network in _NEVER_PUBLIC):
        return False
    return all(each.is_global and not each.is_multicast for each in (_embedded_address(found), found) if each)


def _embedded_address(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address wraps, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64_PREFIX:
        return IPv4Address(int(address) & _IPV4_MASK)
    if address.teredo:  # a tunnel through anybody's router
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address
