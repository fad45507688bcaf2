"""Django applications, lowest first: each may import those above it, never those below."""

from __future__ import annotations

# No auth, sessions, admin or content types: callers are processes with a service token.
INSTALLED_APPS = [
    "wallet_service.ledger",
    "wallet_service.rewards",
    "wallet_service.offers",
    "wallet_service.settlement",
    "wallet_service.api",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
