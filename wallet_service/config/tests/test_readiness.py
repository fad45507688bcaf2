"""``/healthz`` is about the process alone, ``/readyz`` names what is missing."""

from __future__ import annotations

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from wallet_service.config import readiness
from wallet_service.rewards.seeding import rules_seed


def test_alive_asks_nothing_of_the_database() -> None:
    # No database fixture: a query would fail the test.
    response = Client().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_names_what_is_missing(committed_db: None) -> None:
    response = Client().get("/readyz")
    assert response.status_code == 503
    missing = response.json()["missing"]
    assert "rules" in missing
    assert not {"database", "migrations"} & set(missing)
    rules_seed(rules={"report.pothole": 10})
    assert "rules" not in Client().get("/readyz").json()["missing"]


def test_a_missing_migration_is_noticed(db: None) -> None:
    readiness.check_migrations()
    MigrationRecorder.Migration.objects.filter(app="rewards", name="0001_initial").delete()
    with pytest.raises(readiness.NotReady):
        readiness.check_migrations()
