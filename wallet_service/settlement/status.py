"""How settlement stands, for screens, alarms and measures. Reads rows only, never the chain."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Min, QuerySet, Sum
from django.utils import timezone

from wallet_service.ledger.models import SettlementIntent
from wallet_service.ledger.services import issuing_stop_reason

from .domain import RelayerState, TransactionState
from .errors import ReconciliationUnknown
from .models import (
    Batch,
    ChainTransaction,
    Deployment,
    ReconciliationDrift,
    ReconciliationRun,
    RelayerHeartbeat,
)
from .readiness import SILENCE

UNKNOWN = "unknown"
"""What is said of a relayer that has been silent for ``SILENCE``."""


@dataclass(frozen=True)
class Lag:
    """Entries that settle and do not stand on the chain yet; ``seconds``: the age of the oldest."""

    entries: int
    seconds: float


@dataclass(frozen=True)
class ChainStatus:
    """``state`` and ``problem`` are the relayer's own words, or ``UNKNOWN``."""

    chain_id: int | None
    contract_address: str | None
    state: str
    problem: str
    relayer_seen_at: dt.datetime | None
    lag_entries: int
    lag_seconds: float
    issuing_stopped: bool
    issuing_stopped_reason: str | None
    last_reconciliation: ReconciliationRun | None


def chain_status() -> ChainStatus:
    """Everything about settlement that an operator asks first."""
    deployment = Deployment.objects.order_by("id").first()
    heartbeat = RelayerHeartbeat.objects.first()
    alive = heartbeat is not None and timezone.now() - heartbeat.beaten_at <= SILENCE
    lag = settlement_lag()
    reason = issuing_stop_reason()
    return ChainStatus(
        chain_id=deployment.chain_id if deployment else None,
        contract_address=deployment.contract_address if deployment else None,
        state=heartbeat.state if heartbeat and alive else UNKNOWN,
        problem=heartbeat.problem if heartbeat and alive else "",
        relayer_seen_at=heartbeat.beaten_at if heartbeat else None,
        lag_entries=lag.entries,
        lag_seconds=lag.seconds,
        issuing_stopped=reason is not None,
        issuing_stopped_reason=reason,
        last_reconciliation=reconciliations().first(),
    )


def settlement_lag() -> Lag:
    """How far the chain is behind the ledger."""
    waiting = SettlementIntent.objects.filter(batched=False)
    unconfirmed = Batch.objects.filter(
        settling__in=ChainTransaction.objects.exclude(state=TransactionState.CONFIRMED)
    )
    oldest = [
        waiting.aggregate(at=Min("created_at"))["at"],
        unconfirmed.aggregate(at=Min("lines__intent__created_at"))["at"],
    ]
    since = min((at for at in oldest if at is not None), default=None)
    signed = unconfirmed.aggregate(lines=Sum("line_count"))["lines"] or 0
    return Lag(
        entries=waiting.count() + int(signed),
        seconds=max((timezone.now() - since).total_seconds(), 0.0) if since else 0.0,
    )


def reconciliations(*, before: int | None = None) -> QuerySet[ReconciliationRun]:
    """Comparisons, the latest first; those older than the one with id ``before``."""
    runs = ReconciliationRun.objects.order_by("-id")
    return runs if before is None else runs.filter(id__lt=before)


def drifts_of(*, run_id: int) -> list[ReconciliationDrift]:
    """What explains the differences of a comparison. Raises ``ReconciliationUnknown``."""
    if not ReconciliationRun.objects.filter(id=run_id).exists():
        raise ReconciliationUnknown
    return list(ReconciliationDrift.objects.filter(run_id=run_id).order_by("id"))


def relayer_states() -> list[str]:
    """Every word that ``ChainStatus.state`` may be."""
    return [*(state.value for state in RelayerState), UNKNOWN]
