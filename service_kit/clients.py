"""Who a request comes from, for limits: an address, or the network of one."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_IPV6_HOME_BITS = 64  # what one subscriber is given: every address of it is theirs


def client_of(address: str) -> IPv4Address | IPv6Network | None:
    """The client at ``address`` (``REMOTE_ADDR``); None for what is no address.

    The server put there what a proxy it trusts said, or what it sees itself.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return found.ipv4_mapped
        home = int(found) >> (128 - _IPV6_HOME_BITS) << (128 - _IPV6_HOME_BITS)
        return IPv6Network((home, _IPV6_HOME_BITS))
    return found
