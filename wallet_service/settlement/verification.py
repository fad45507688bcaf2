"""What a receipt must say before a stored transaction counts as done."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from chain.client import ChainClient, Receipt
from chain.codec import Operation, Role, batch_done, granted, pause_changed, revoked

from .domain import Problem, TransactionKind
from .errors import RelayerBlocked
from .models import ChainTransaction


@dataclass(frozen=True)
class Outcome:
    """What a transaction did. ``refused``: lines used up without effect; ``settled``: it brought
    its batch onto the chain; ``reverted``: it did nothing, and another stands in for it."""

    refused: int = 0
    settled: bool = False
    reverted: bool = False


def receipt_check(*, stored: ChainTransaction, receipt: Receipt, client: ChainClient) -> Outcome:
    """Check that the transaction did on the chain what it was signed for.

    A status of success is not enough: a call to an address without code "succeeds" too. A creation
    counts when our code stands at the address computed beforehand, a grant, a revocation and a
    pause with the contract's event, a batch with its ``BatchDone`` carrying the totals stored for
    it. A reverted transaction counts when another one stands in for it.

    Raises ``RelayerBlocked`` (reverted, other code, event missing) and ``ChainError``.
    """
    if not receipt.succeeded:
        if ChainTransaction.objects.filter(supersedes=stored).exists():
            return Outcome(reverted=True)
        raise RelayerBlocked(Problem.TRANSACTION_REVERTED)
    match TransactionKind(stored.kind):
        case TransactionKind.DEPLOY:
            _check_code(stored, client)
        case TransactionKind.BATCH:
            return _check_batch(stored, receipt)
        case _:
            if not _announced(stored, receipt):
                raise RelayerBlocked(Problem.EVENT_MISSING)
    return Outcome()


def _announced(stored: ChainTransaction, receipt: Receipt) -> bool:
    """Whether the contract said that it did what an administrative transaction asks for."""
    contract, kind = stored.deployment.contract_address, TransactionKind(stored.kind)
    if kind in (TransactionKind.PAUSE, TransactionKind.UNPAUSE):
        paused = kind is TransactionKind.PAUSE
        return pause_changed(receipt.logs, contract=contract, paused=paused)
    changed = granted if kind is TransactionKind.GRANT else revoked
    role, account = Role(stored.granted_role), stored.granted_to
    return changed(receipt.logs, contract=contract, role=role, account=account)


def _check_code(stored: ChainTransaction, client: ChainClient) -> None:
    code = client.code(stored.deployment.contract_address)
    if hashlib.sha256(code).hexdigest() != stored.deployment.runtime_sha256:
        raise RelayerBlocked(Problem.CODE_DIFFERS)


def _check_batch(stored: ChainTransaction, receipt: Receipt) -> Outcome:
    batch = stored.carried_batch()
    done = batch_done(receipt.logs, contract=stored.deployment.contract_address)
    if done is None or (done.operation, done.first, done.count) != (
        Operation(batch.operation),
        batch.first_number,
        batch.line_count,
    ):
        raise RelayerBlocked(Problem.EVENT_MISSING)
    if stored.supersedes_id is not None and done.applied == done.refused == 0:
        return Outcome()  # what it stands in for has gone through this time: a replay
    # A number used before by something else than this batch: the chain holds what we did not sign.
    if done.applied + done.refused != batch.line_count:
        raise RelayerBlocked(Problem.CHAIN_AHEAD)
    if done.refused == 0 and done.points != batch.points:
        raise RelayerBlocked(Problem.EVENT_MISSING)
    return Outcome(refused=done.refused, settled=True)
