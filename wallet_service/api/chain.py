"""``/v1/chain`` and ``/v1/reconciliations``: how settlement stands, and what a drift is made of."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from service_kit.tokens import require_scope
from wallet_service.settlement.models import ReconciliationDrift, ReconciliationRun
from wallet_service.settlement.status import chain_status, drifts_of, reconciliations

from .answers import READ_PROBLEMS
from .schemas.chain import (
    ChainOut,
    DriftList,
    ReconciliationPage,
    ReconciliationsQuery,
    RunNumber,
)

router = Router(tags=["chain"])
reconciliation_router = Router(tags=["chain"])


@router.get("", response={200: ChainOut, **READ_PROBLEMS}, operation_id="readChain")
def read_chain(request: HttpRequest) -> dict[str, Any]:
    """The relayer's state, the lag in entries and seconds, and the last comparison."""
    require_scope(request, "chain:read")
    status = chain_status()
    last = status.last_reconciliation
    return {
        **{name: value for name, value in vars(status).items() if name != "last_reconciliation"},
        "last_reconciliation": _run_body(last) if last else None,
    }


@reconciliation_router.get(
    "", response={200: ReconciliationPage, **READ_PROBLEMS}, operation_id="listReconciliations"
)
def list_reconciliations(request: HttpRequest, page: Query[ReconciliationsQuery]) -> dict[str, Any]:
    """Comparisons of ledger and chain, newest first."""
    require_scope(request, "chain:read")
    found = list(reconciliations(before=page.cursor)[: page.limit + 1])
    shown = found[: page.limit]
    return {
        "items": [_run_body(run) for run in shown],
        "next_cursor": shown[-1].pk if len(found) > page.limit else None,
    }


@reconciliation_router.get(
    "/{run_id}/drifts", response={200: DriftList, **READ_PROBLEMS}, operation_id="listDrifts"
)
def list_drifts(request: HttpRequest, run_id: Path[RunNumber]) -> dict[str, Any]:
    """The entries and transactions that explain why ledger and chain disagreed."""
    require_scope(request, "chain:read")
    return {"items": [_drift_body(drift) for drift in drifts_of(run_id=run_id)]}


def _run_body(run: ReconciliationRun) -> dict[str, Any]:
    return {
        "id": run.pk,
        "block_number": run.block_number,
        "wallets": run.wallets,
        "drifts": run.drifts,
        "books_match": run.books_match,
        "supply_matches": run.supply_matches,
        "agrees": run.agrees,
        "finished_at": run.finished_at,
    }


def _drift_body(drift: ReconciliationDrift) -> dict[str, Any]:
    return {
        "kind": drift.kind,
        "entry_id": drift.entry_id,
        "wallet_id": drift.wallet_id,
        "address": drift.address or None,
        "transaction_hash": drift.transaction_hash or None,
        "points": drift.points,
        "ledger_points": drift.ledger_points,
        "intended_points": drift.intended_points,
        "settled_points": drift.settled_points,
        "chain_points": drift.chain_points,
    }
