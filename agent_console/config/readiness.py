"""What the whole path needs; ``/readyz`` names what is missing, ``/healthz`` asks none of it."""

from collections.abc import Callable

import httpx
import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from agent_console.rights.erasing import erasures_missing
from service_kit.jobs import require_a_worker

_TIMEOUT_S = 2.0


def check_database() -> None:
    """Raises when no query is answered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_migrations() -> None:
    """Raises when a migration is not applied."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeError("migrations are missing")


def check_channel_layer() -> None:
    """Raises when Valkey does not answer."""
    host = settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]
    with redis.Redis.from_url(host, socket_timeout=_TIMEOUT_S) as client:
        client.ping()


def check_erasures() -> None:
    """Raises while somebody who was erased is known again: a backup was restored."""
    if erasures_missing():
        raise RuntimeError("erasures are to be replayed")


def _check_service(url: str) -> Callable[[], None]:
    def check() -> None:
        httpx.get(f"{url}/readyz", timeout=_TIMEOUT_S).raise_for_status()

    return check


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "migrations": check_migrations,
    "channel_layer": check_channel_layer,
    "worker": require_a_worker,
    "erasures": check_erasures,
    "dialogue_engine": _check_service(settings.RASA_URL),
    "wallet": _check_service(settings.WALLET_URL),
}
