"""What the wallet's ``/readyz`` asks of settlement; each check reads a few rows, never the chain.

The ledger is the truth that people spend against, so a node that is away, or a chain being rebuilt,
does not make the wallet unready: rewards and balances go on, their settlement follows. What does:

- ``contract``: contract and roles were never confirmed; nothing this wallet promises could settle;
- ``relayer``: no relayer has shown itself for a while, so nothing will settle;
- ``settlement``: ledger and chain disagree, or the relayer stopped and waits for a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from django.utils import timezone

from .domain import Problem, RelayerState, TransactionKind, TransactionState
from .errors import NotReady
from .models import ChainTransaction, Deployment, ReconciliationRun, RelayerHeartbeat

# The relayer writes every two seconds; a slow node keeps it ten seconds in one call, and a new
# process takes three to open its keys.
SILENCE: Final = dt.timedelta(seconds=30)
# A pause is a decision of the admin, and a signer that is away comes back: the ledger serves on.
_EXPECTED: Final = frozenset({Problem.NONE, Problem.CONTRACT_PAUSED, Problem.SIGNER_UNAVAILABLE})


def check_contract() -> None:
    """Raises ``NotReady`` until the contract and its roles have been confirmed once."""
    if not Deployment.objects.exists():
        raise NotReady("no deployment stored: run deploy_contract")
    never_confirmed = ChainTransaction.objects.filter(
        kind__in=[TransactionKind.DEPLOY, TransactionKind.GRANT], first_confirmed_at=None
    ).exclude(state=TransactionState.CONFIRMED)
    if never_confirmed.exists():
        raise NotReady("the contract is not confirmed yet")


def check_relayer() -> None:
    """Raises ``NotReady`` when the relayer has been silent for ``SILENCE``."""
    heartbeat = RelayerHeartbeat.objects.first()
    if heartbeat is None or timezone.now() - heartbeat.beaten_at > SILENCE:
        raise NotReady("no relayer")


def check_settlement() -> None:
    """Raises ``NotReady`` on drift, or while the relayer is blocked by something unexpected."""
    heartbeat = RelayerHeartbeat.objects.filter(state=RelayerState.BLOCKED).first()
    if heartbeat is not None and heartbeat.problem not in _EXPECTED:
        raise NotReady(heartbeat.problem)
    last = ReconciliationRun.objects.order_by("-id").first()
    if last is not None and not last.agrees:
        raise NotReady("drift")


CHECKS: Final[Mapping[str, Callable[[], None]]] = {
    "contract": check_contract,
    "relayer": check_relayer,
    "settlement": check_settlement,
}
