"""Secrets; none has a default, and DEBUG can't be turned on from outside."""

from __future__ import annotations

from .env import env

DEBUG = False
SECRET_KEY: str = env.str("WALLET_SECRET_KEY")
# Caller → its token.  Only the HTTP process needs them, and it refuses to start without
# (``wallet_service.api.auth``); the relayer and the management commands run with none.
WALLET_API_TOKENS: dict[str, str] = {
    "console": env.str("WALLET_API_TOKEN_CONSOLE", default=""),
    "actions": env.str("WALLET_API_TOKEN_ACTIONS", default=""),
    # Optional: without it nobody may read /metrics.
    "metrics": env.str("WALLET_API_TOKEN_METRICS", default=""),
}
