"""What settlement raises."""

from __future__ import annotations

from wallet_service.ledger.errors import Refusal

from .domain import Problem


class SettlementError(Exception):
    """Base of this app's errors; the message may be shown to an operator."""


class DeploymentRefused(SettlementError):
    """The contract can't be deployed, or the deployment stored is not the one configured."""


class RelayerBlocked(SettlementError):
    """The relayer must stop and wait for a person; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class NotReady(SettlementError):
    """A readiness check failed."""


class KeyringStale(SettlementError):
    """The keys were rotated since they were opened: open those that are in use now."""


class AdministrationRefused(SettlementError):
    """A command of the contract's admin does not fit what the sequence says; nothing is stored."""


class CheckpointRefused(SettlementError):
    """A copy of the node's state is not what was kept, or not what the books say."""


class ReconciliationUnknown(Refusal):
    """No comparison of ledger and chain has this number."""

    code = "reconciliation_unknown"
