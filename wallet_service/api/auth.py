"""Who may call the wallet, and for what."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from ninja.security import HttpBearer

from service_kit.tokens import ServiceToken, ServiceTokenAuth

# What can be read and written apart.  Cashiers' and supervisors' own rights are the console's: the
# wallet knows its callers, not people.
TOPICS = (
    "wallets",
    "merges",
    "rewards",
    "rules",
    "reviews",
    "corrections",
    "offers",
    "partners",
    "redemptions",
    "vouchers",
    "expiry",
    "chain",
)
# Caller → what its token allows.
SCOPES: dict[str, frozenset[str]] = {
    "console": frozenset(f"{topic}:{right}" for topic in TOPICS for right in ("read", "write")),
    "actions": frozenset({"wallets:read", "offers:read", "redemptions:read", "redemptions:write"}),
}


@cache
def service_tokens() -> ServiceTokenAuth:
    """The callers' tokens from the settings.

    Raises ``ImproperlyConfigured`` when one is missing or shorter than 32 characters.  The HTTP
    process calls this at start (``config.wsgi``); commands that serve nobody run without tokens.
    """
    try:
        return ServiceTokenAuth(
            ServiceToken(name=name, secret=settings.WALLET_API_TOKENS[name], scopes=scopes)
            for name, scopes in SCOPES.items()
        )
    except ValueError as error:
        raise ImproperlyConfigured(f"wallet service tokens: {error}") from error


class ServiceBearer(HttpBearer):
    """``Authorization: Bearer``, checked against the tokens; none configured means refused."""

    def authenticate(self, request: HttpRequest, token: str) -> ServiceToken | None:
        return service_tokens().authenticate(request, token)
