"""PostgreSQL, with two roles: the owner migrates, the runtime role serves.

``MDMP_DB_ROLE=owner`` selects ``WALLET_DATABASE_OWNER_URL``; anything else the runtime role's
``WALLET_DATABASE_URL``, which has no DDL and no UPDATE or DELETE on append-only tables.
"""

from __future__ import annotations

from typing import Any

from .env import env

# The role that migrations grant rights to; it exists before the first migration.
WALLET_RUNTIME_ROLE = "mdmp_wallet_runtime"

CONNECT_TIMEOUT_S = 3
# A request that waits longer is answered 503 and retried with the same idempotency key.
LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 15_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000
# Eight request threads a process, plus the readiness checks that run side by side.
POOL_MAX_CONNECTIONS = 14
POOL_WAIT_S = 2


# Statements are parsed and planned once per connection; their parameters travel apart from them.
_STATEMENTS: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": 2}


def _owner() -> dict[str, Any]:
    """The owner's connection: no pool, and no timeout, because a migration may be slow."""
    config: dict[str, Any] = env.db("WALLET_DATABASE_OWNER_URL")
    config["OPTIONS"] = {"connect_timeout": CONNECT_TIMEOUT_S, **_STATEMENTS}
    return config


def _runtime() -> dict[str, Any]:
    """The serving connection, pooled; each is checked when it is handed out, so that a restarted
    server costs no request an error."""
    config: dict[str, Any] = env.db("WALLET_DATABASE_URL")
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        **_STATEMENTS,
        "options": (
            f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS} "
            f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS}"
        ),
        "pool": {"min_size": 1, "max_size": POOL_MAX_CONNECTIONS, "timeout": POOL_WAIT_S},
    }
    return config


DATABASES = {"default": _owner() if env.str("MDMP_DB_ROLE", default="") == "owner" else _runtime()}
