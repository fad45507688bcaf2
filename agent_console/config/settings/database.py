"""One PostgreSQL; the owner role migrates, the runtime role serves."""

from typing import Any

from .env import env

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
RUNTIME_ROLE = "mdmp_console_runtime"
_AS_OWNER = env.str("MDMP_DB_ROLE", default="runtime") == "owner"
_URL_NAME = "DATABASE_OWNER_URL" if _AS_OWNER else "DATABASE_URL"
# Connections a process keeps at most; requests above wait for one.
_POOL = {"min_size": 1, "max_size": 20, "timeout": 10}
# Nobody waits for ever behind a stuck transaction; what is cut is sent or run again.
_LIMITS = "-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
_RUNTIME = {"pool": _POOL, "connect_timeout": 3, "options": _LIMITS}

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.db(_URL_NAME),
        # A restarted PostgreSQL leaves dead connections in the pool: they are noticed and replaced.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3} if _AS_OWNER else _RUNTIME,
    }
}
