"""Django applications, lowest first: each may import those above it, never those below."""

from __future__ import annotations

# No auth, sessions, admin or content types: callers are processes with a service token.  `config`
# holds the project's own commands and periodic tasks.
INSTALLED_APPS = [
    "wallet_service.config",
    "procrastinate.contrib.django",
    "wallet_service.ledger",
    "wallet_service.rewards",
    "wallet_service.offers",
    "wallet_service.settlement",
    "wallet_service.api",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
