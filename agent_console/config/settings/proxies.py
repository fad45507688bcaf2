"""Whose word about a client's address is taken: the proxies in front, by their own addresses.

The server itself (uvicorn's ``ProxyHeadersMiddleware``) reads ``X-Forwarded-For`` from them alone,
from the right, up to the first address that is no proxy.  Without any the header is ignored: limits
then count the proxy as one client, which is too strict and never too loose.
"""

from ipaddress import ip_network

from django.core.exceptions import ImproperlyConfigured

from .env import env

FORWARDED_ALLOW_IPS: list[str] = env.list("FORWARDED_ALLOW_IPS", default=[])


def check(proxies: list[str]) -> None:
    """Raises ``ImproperlyConfigured`` for what is no address or network, and for everybody."""
    for proxy in proxies:
        try:
            network = ip_network(proxy)
        except ValueError as error:
            raise ImproperlyConfigured(f"FORWARDED_ALLOW_IPS: {proxy} is no network") from error
        if network.prefixlen == 0:
            raise ImproperlyConfigured("FORWARDED_ALLOW_IPS: anybody could say any address")


check(FORWARDED_ALLOW_IPS)
