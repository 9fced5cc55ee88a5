"""Which addresses lie in the open internet, judged as they were resolved and not as a name says."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64_PREFIX = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an address of the old kind
_IPV4_MASK = 0xFFFF_FFFF


def is_public_address(address: str) -> bool:
    """Whether an address lies in the open internet: not private, loopback, link-local, reserved or multicast.

    What wraps an older address is judged by the one inside: ``::ffff:10.0.0.1`` is 10.0.0.1.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in (_embedded_address(found), found) if each)


def _embedded_address(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address that is really reached."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64_PREFIX:
        return IPv4Address(int(address) & _IPV4_MASK)
    if address.teredo:  # a tunnel through anybody's router
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address
