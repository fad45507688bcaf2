"""What a receipt must say before a stored transaction counts as done."""

from __future__ import annotations

import hashlib

from chain.client import ChainClient, Receipt
from chain.codec import Operation, Role, batch_done, granted

from .domain import Problem, TransactionKind
from .errors import RelayerBlocked
from .models import Batch, ChainTransaction


def receipt_check(*, stored: ChainTransaction, receipt: Receipt, client: ChainClient) -> int:
    """Check that the transaction did on the chain what it was signed for; returns refused lines.

    A status of success is not enough: a call to an address without code "succeeds" too. A creation
    counts when our code stands at the address computed beforehand, a grant with the contract's
    ``RoleGranted``, a batch with its ``BatchDone`` carrying the totals stored for it.

    Raises ``RelayerBlocked`` (reverted, other code, event missing) and ``ChainError``.
    """
    if not receipt.succeeded:
        raise RelayerBlocked(Problem.TRANSACTION_REVERTED)
    contract = stored.deployment.contract_address
    match TransactionKind(stored.kind):
        case TransactionKind.DEPLOY:
            _check_code(stored, client)
            return 0
        case TransactionKind.GRANT:
            role = Role(stored.granted_role)
            if not granted(receipt.logs, contract=contract, role=role, account=stored.granted_to):
                raise RelayerBlocked(Problem.EVENT_MISSING)
            return 0
        case TransactionKind.BATCH:
            return _check_batch(stored, receipt)


def _check_code(stored: ChainTransaction, client: ChainClient) -> None:
    code = client.code(stored.deployment.contract_address)
    if hashlib.sha256(code).hexdigest() != stored.deployment.runtime_sha256:
        raise RelayerBlocked(Problem.CODE_DIFFERS)


def _check_batch(stored: ChainTransaction, receipt: Receipt) -> int:
    batch: Batch = stored.batch
    done = batch_done(receipt.logs, contract=stored.deployment.contract_address)
    if done is None or (done.operation, done.first, done.count) != (
        Operation(batch.operation),
        batch.first_number,
        batch.line_count,
    ):
        raise RelayerBlocked(Problem.EVENT_MISSING)
    # A number used before by something else than this batch: the chain holds what we did not sign.
    if done.applied + done.refused != batch.line_count:
        raise RelayerBlocked(Problem.CHAIN_AHEAD)
    if done.refused == 0 and done.points != batch.points:
        raise RelayerBlocked(Problem.EVENT_MISSING)
    return done.refused
