"""Copies of the one-machine node's state, so that an emptied node need not replay everything.

anvil computes the root of its whole state for every block, so replaying costs more the more
accounts there are (``docs/operations/wallet.md`` has the numbers). A copy is taken after ledger and
chain were found to agree, and is trusted only if it is the very file that the database remembers
and, once loaded, holds our code, roles, supply and balances. Otherwise it is taken out again and
the journal is replayed from its beginning. Besu keeps its own state: nothing is copied there.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from django.db.models import Max

from chain.client import ChainClient, ChainError
from chain.node_state import NodeState
from chain.signer import ServiceRole

from .books import books_of_some, supply_until
from .domain import ROLES, TransactionState
from .errors import CheckpointRefused
from .models import ChainCheckpoint, ChainTransaction, Deployment, ReconciliationRun
from .senders import holders_signed_for

EVERY: Final = 500
"""Transactions confirmed since the last copy before another one is taken."""
_BALANCES: Final = 1_000  # compared after loading; reconciliation compares all of them afterwards
_KEPT: Final = 2
logger = logging.getLogger(__name__)


class Checkpoints:
    """The copies in one folder (mode 0700, made when needed)."""

    def __init__(self, *, folder: Path, every: int = EVERY) -> None:
        self._folder = folder
        self._every = every
        self._tried: str | None = None  # the file that was refused: not tried twice

    def keep_if_due(self, client: ChainClient) -> bool:
        """Take a copy if enough was confirmed since the last one; True when that was tried.

        Call it when nothing waits for the chain: the copy then holds the whole sequence.
        """
        place, _ = _confirmed()
        kept = ChainCheckpoint.objects.order_by("-id").first()
        since = ChainTransaction.objects.filter(
            place__gt=kept.place if kept else 0, state=TransactionState.CONFIRMED
        )
        if place == 0 or since.count() < self._every or not _agreed():
            return False
        try:
            if self._keep(client) is None:
                self._every = sys.maxsize  # a node of another kind: not asked again
        except (ChainError, OSError, CheckpointRefused) as exc:
            logger.warning("no checkpoint", extra={"code": type(exc).__name__})
            self._every *= 2  # whatever is wrong, it must not take up the relayer's time
        return True

    def keep(self, client: ChainClient) -> ChainCheckpoint | None:
        """Take a copy now; None where the node can't be copied. Raises ``ChainError`` kinds."""
        return self._keep(client)

    def restore_if_empty(self, client: ChainClient, deployment: Deployment) -> bool:
        """Load the latest copy into a node that has lost everything; True when it stands."""
        if client.block_number() != 0 or _confirmed()[0] == 0:
            return False
        kept = ChainCheckpoint.objects.order_by("-id").first()
        if kept is None or kept.sha256 == self._tried or not _agreed():
            return False
        try:
            state = self._read(kept)
            with NodeState(client.rpc_url) as node:
                if not node.can_be_copied():
                    return False
                with node.loaded(state):
                    _verify(kept, deployment, client)
        except (ChainError, OSError, CheckpointRefused) as exc:
            self._tried = kept.sha256
            logger.warning("checkpoint not used: %s", exc, extra={"code": type(exc).__name__})
            return False
        logger.info("checkpoint loaded", extra={"block_number": kept.block_number})
        return True

    def _keep(self, client: ChainClient) -> ChainCheckpoint | None:
        place, last = _confirmed()
        deployment = Deployment.objects.order_by("id").first()
        if last is None or deployment is None:
            return None
        supply = client.total_supply(deployment.contract_address)
        if supply != supply_until(place):
            raise CheckpointRefused("the supply is not the sum of what was settled")
        with NodeState(client.rpc_url) as node:
            if not node.can_be_copied():
                return None
            state = node.dump()
        digest = hashlib.sha256(state).hexdigest()
        self._write(digest, state)
        checkpoint = ChainCheckpoint.objects.create(
            place=place,
            block_number=last.block_number or 0,
            block_hash=last.block_hash,
            supply_points=supply,
            sha256=digest,
        )
        self._forget_older()
        logger.info("checkpoint kept", extra={"block_number": checkpoint.block_number})
        return checkpoint

    def _write(self, digest: str, state: bytes) -> None:
        """Complete and on disk under its name, or not at all."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=self._folder, prefix=".draft-")  # mode 0600
        with os.fdopen(descriptor, "wb") as file:
            file.write(state)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(self._file(digest))

    def _read(self, kept: ChainCheckpoint) -> bytes:
        try:
            state = self._file(kept.sha256).read_bytes()
        except FileNotFoundError as exc:
            raise CheckpointRefused("its file is not there") from exc
        if hashlib.sha256(state).hexdigest() != kept.sha256:
            raise CheckpointRefused("its file is not what was kept")
        return state

    def _forget_older(self) -> None:
        digests = ChainCheckpoint.objects.order_by("-id").values_list("sha256", flat=True)[:_KEPT]
        kept = {self._file(digest) for digest in digests}
        for file in self._folder.glob("*.state"):
            if file not in kept:
                file.unlink(missing_ok=True)
        for draft in self._folder.glob(".draft-*"):  # of a process that was killed
            draft.unlink(missing_ok=True)

    def _file(self, digest: str) -> Path:
        return self._folder / f"{digest}.state"


def _verify(kept: ChainCheckpoint, deployment: Deployment, client: ChainClient) -> None:
    """Raises ``CheckpointRefused`` unless the node holds what the books say of ``kept.place``."""
    contract = deployment.contract_address
    code = client.code(contract)
    if hashlib.sha256(code).hexdigest() != deployment.runtime_sha256:
        raise CheckpointRefused("it holds another code")
    supply = supply_until(kept.place)
    if not client.total_supply(contract) == supply == kept.supply_points:
        raise CheckpointRefused("it holds another supply")
    for service_role in (ServiceRole.ISSUER, ServiceRole.REDEEMER, ServiceRole.ADMIN):
        for role in ROLES[service_role]:
            for holder in holders_signed_for(deployment, role, until=kept.place):
                if not client.has_role(contract, role, holder):
                    raise CheckpointRefused(f"{role} is missing in it")
    last = ChainTransaction.objects.filter(place=kept.place).first()
    (receipt,) = client.receipts([last.hash]) if last else (None,)
    if receipt is None or receipt.block_hash != kept.block_hash:
        raise CheckpointRefused("its last transaction is missing")
    settled = books_of_some(kept.place, limit=_BALANCES)
    balances = client.balances(contract, list(settled), block_number=client.block_number())
    if balances != list(settled.values()):
        raise CheckpointRefused("it holds other balances")


def _confirmed() -> tuple[int, ChainTransaction | None]:
    """The place up to which everything is confirmed, and the transaction there."""
    rows = ChainTransaction.objects.filter(state=TransactionState.CONFIRMED)
    place = rows.aggregate(last=Max("place"))["last"] or 0
    return place, rows.filter(place=place).first()


def _agreed() -> bool:
    """Whether the last comparison found that ledger and chain agree: a drift is not preserved."""
    last = ReconciliationRun.objects.order_by("-id").first()
    return last is not None and last.agrees
