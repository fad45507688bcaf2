"""Chain status, reconciliations, named drifts and measures, as their readers see them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from wallet_service.api.metrics import metrics_tokens
from wallet_service.ledger.domain import reward_granted
from wallet_service.ledger.services import entry_post, issuing_stop, wallet_open
from wallet_service.settlement.models import (
    ReconciliationDrift,
    ReconciliationRun,
    RelayerHeartbeat,
)

from .conftest import Caller

TOKEN = "metrics-token-of-the-tests-0123456789abcdef"


def test_before_anything_is_deployed_the_status_says_so(console: Caller, db: None) -> None:
    status, body = console("GET", "/chain")

    assert status == 200
    assert (body["chain_id"], body["contract_address"], body["state"]) == (None, None, "unknown")
    assert (body["lag_entries"], body["lag_seconds"], body["last_reconciliation"]) == (0, 0.0, None)
    assert body["issuing_stopped"] is False


def test_lag_stop_and_drift_are_shown(console: Caller, db: None) -> None:
    run = _drift()
    for _ in range(3):
        wallet, _ = wallet_open(wallet_id=uuid.uuid4())
        entry_post(operation=reward_granted(points=5), wallet_id=wallet.id)
    issuing_stop(reason="drift")
    RelayerHeartbeat.objects.create(beaten_at=timezone.now(), state="settling", problem="")

    _, body = console("GET", "/chain")

    assert (body["state"], body["lag_entries"]) == ("settling", 3)
    assert body["lag_seconds"] > 0
    assert (body["issuing_stopped"], body["issuing_stopped_reason"]) == (True, "drift")
    assert body["last_reconciliation"]["id"] == run.pk
    assert body["last_reconciliation"]["agrees"] is False


def test_a_drift_is_read_entry_by_entry(console: Caller, db: None) -> None:
    run = _drift()
    named = ReconciliationDrift.objects.get()

    status, body = console("GET", f"/reconciliations/{run.pk}/drifts")

    assert status == 200
    (item,) = body["items"]
    assert (item["kind"], item["entry_id"]) == ("missing_on_chain", str(named.entry_id))
    assert (item["wallet_id"], item["transaction_hash"]) == (str(named.wallet_id), None)
    assert (item["points"], item["ledger_points"], item["chain_points"]) == (-5, 15, 10)


def test_comparisons_come_newest_first_a_page_at_a_time(console: Caller, db: None) -> None:
    runs = [_drift().pk for _ in range(3)]

    _, first = console("GET", "/reconciliations?limit=2")
    _, second = console("GET", f"/reconciliations?limit=2&cursor={first['next_cursor']}")

    assert [item["id"] for item in (*first["items"], *second["items"])] == runs[::-1]
    assert second["next_cursor"] is None


def test_what_is_not_there_or_malformed_is_refused(console: Caller, db: None) -> None:
    assert console("GET", "/reconciliations/7/drifts")[1]["code"] == "reconciliation_unknown"
    for path in (
        "/reconciliations/-1/drifts",
        "/reconciliations/1e3/drifts",
        f"/reconciliations/{10**18}/drifts",
        "/reconciliations?cursor=x",
        "/reconciliations?limit=0",
    ):
        status, body = console("GET", path)
        assert (status, body["code"]) == (422, "invalid_request"), path


def test_the_scope_is_needed(actions: Caller, db: None) -> None:
    for path in ("/chain", "/reconciliations", "/reconciliations/1/drifts"):
        assert actions("GET", path)[0] == 403


@pytest.fixture
def scraper(settings: Any) -> Iterator[None]:
    settings.WALLET_API_TOKENS = {**settings.WALLET_API_TOKENS, "metrics": TOKEN}
    metrics_tokens.cache_clear()
    yield
    metrics_tokens.cache_clear()


def test_the_measures_follow_the_database(scraper: None, db: None) -> None:
    wallet, _ = wallet_open(wallet_id=uuid.uuid4())
    entry_post(operation=reward_granted(points=25), wallet_id=wallet.id)
    _drift()
    issuing_stop(reason="drift")
    RelayerHeartbeat.objects.create(
        beaten_at=timezone.now(), state="blocked", problem="lines_refused"
    )

    measured = _scrape(TOKEN)

    assert measured["wallet_settlement_lag_entries"] == 1
    assert measured["wallet_settlement_lag_seconds"] > 0
    assert measured["wallet_issuing_stopped", "drift"] == 1
    assert measured["wallet_relayer_state", "blocked"] == 1
    assert measured["wallet_relayer_state", "idle"] == 0
    assert measured["wallet_relayer_problem", "lines_refused"] == 1
    assert measured["wallet_reconciliation_drifts"] == 1
    assert measured["wallet_reconciliation_agrees"] == 0
    assert measured["wallet_points", "circulating"] == 25
    assert measured["wallet_limit_level", "ok"] == 1


def test_the_measures_need_their_own_token(scraper: None, db: None, console: Caller) -> None:
    for headers in (
        {},
        {"Authorization": f"Bearer {console.token}"},  # another caller's
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer "},
    ):
        assert Client().get("/metrics", headers=headers).status_code == 401
    assert Client().post("/metrics").status_code == 405


def test_without_the_setting_nobody_reads_them(db: None) -> None:
    metrics_tokens.cache_clear()

    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}"}):
        assert Client().get("/metrics", headers=headers).status_code == 401


def _scrape(token: str) -> dict[Any, float]:
    response = Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    measured: dict[Any, float] = {}
    for family in text_string_to_metric_families(response.content.decode()):
        for sample in family.samples:
            labels = tuple(sample.labels.values())
            measured[(sample.name, *labels) if labels else sample.name] = sample.value
    return measured


def _drift() -> ReconciliationRun:
    run = ReconciliationRun.objects.create(
        block_number=9, wallets=2, drifts=1, books_match=True, supply_matches=False
    )
    ReconciliationDrift.objects.create(
        run=run,
        kind="missing_on_chain",
        wallet_id=uuid.uuid4(),
        address="0x" + "ab" * 20,
        entry_id=uuid.uuid4(),
        points=-5,
        ledger_points=15,
        intended_points=15,
        settled_points=15,
        chain_points=10,
    )
    return run
