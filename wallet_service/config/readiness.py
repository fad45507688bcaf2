"""What the wallet needs to serve; ``/readyz`` names the parts that are missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from service_kit.jobs import require_a_worker
from wallet_service.rewards.selectors import rules_are_seeded
from wallet_service.settlement.readiness import CHECKS as SETTLEMENT_CHECKS


class NotReady(Exception):
    """A part is there but can't serve yet."""


def check_database() -> None:
    """Raises when no query is answered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_migrations() -> None:
    """Raises ``NotReady`` when a migration that the code holds is not applied."""
    missing = _migrations_of_the_code() - set(MigrationRecorder(connection).applied_migrations())
    if missing:
        raise NotReady(f"{len(missing)} migrations")


def check_rules() -> None:
    """Raises ``NotReady`` when no rule exists: nothing could be rewarded."""
    if not rules_are_seeded():
        raise NotReady("rules")


def readiness_checks() -> dict[str, Callable[[], None]]:
    """Name → check, the settlement's own included."""
    return {
        "database": check_database,
        "migrations": check_migrations,
        "rules": check_rules,
        "worker": require_a_worker,
        **SETTLEMENT_CHECKS,
    }


@cache
def _migrations_of_the_code() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations or {})
