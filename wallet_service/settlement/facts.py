"""What other parts of the wallet may know about settlement: plain values, no rows."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from .domain import DriftKind


@dataclass(frozen=True)
class Settlement:
    """An entry that stands on the chain.

    ``number``: its dense number, once and only once in the contract; ``operation``: mint, move or
    burn; ``position``: its place in the batch, from 0; ``settled_at``: when the relayer first saw
    it confirmed (UTC); rebuilding the chain does not change it.
    """

    entry_id: uuid.UUID
    number: int
    operation: str
    points: int
    transaction_hash: str
    block_number: int
    position: int
    contract_address: str
    chain_id: int
    settled_at: dt.datetime


@dataclass(frozen=True)
class SettlementProof:
    """What anybody who may reach the node needs to check an entry with any web3 client.

    The transaction ``settlement.transaction_hash`` stands in block ``block_hash``, calls
    ``contract_address`` with ``function`` whose first argument is ``first_number`` and whose second
    is a list that holds ``line`` (20 bytes of account, 12 of points) at ``settlement.position``;
    its receipt holds the contract's ``BatchDone`` with the same first number, ``refused`` zero, and
    a ``Transfer`` of the same points.
    """

    settlement: Settlement
    block_hash: str
    function: str
    first_number: int
    line_count: int
    line: str
    from_address: str | None
    to_address: str | None


@dataclass(frozen=True)
class Drift:
    """A wallet where ledger, journal of settlements and chain disagree. All in points.

    ``ledger_points``: available and held, or a partner's earned; ``intended_points``: what all its
    intents add up to (must equal the ledger's); ``settled_points``: the part that stands on the
    chain (must equal ``chain_points``, its ``balanceOf``).
    """

    wallet_id: uuid.UUID
    address: str
    ledger_points: int
    intended_points: int
    settled_points: int
    chain_points: int


@dataclass(frozen=True)
class NamedDrift:
    """What explains a difference: an entry, a transaction, or a sum that nothing closer explains.

    ``points``: by how much the chain, or the book that ``kind`` names, has more or less because of
    it; the four sums are those of its wallet, zero where there is none.
    """

    kind: str
    points: int
    wallet_id: uuid.UUID | None
    address: str
    entry_id: uuid.UUID | None
    transaction_hash: str
    ledger_points: int
    intended_points: int
    settled_points: int
    chain_points: int

    @classmethod
    def of(
        cls,
        drift: Drift | None,
        *,
        kind: DriftKind,
        points: int = 0,
        wallet_id: uuid.UUID | None = None,
        address: str = "",
        entry_id: uuid.UUID | None = None,
        transaction_hash: str = "",
    ) -> NamedDrift:
        """One that belongs to the wallet of ``drift``, or to none."""
        return cls(
            kind=kind.value,
            points=points,
            wallet_id=drift.wallet_id if drift else wallet_id,
            address=drift.address if drift else address,
            entry_id=entry_id,
            transaction_hash=transaction_hash,
            ledger_points=drift.ledger_points if drift else 0,
            intended_points=drift.intended_points if drift else 0,
            settled_points=drift.settled_points if drift else 0,
            chain_points=drift.chain_points if drift else 0,
        )


@dataclass(frozen=True)
class Reconciliation:
    """The result of comparing every wallet; ``block_number`` is the block it ended at.

    Two sums cover what is no wallet: ``books_match``, the ledger's with what was meant for the
    chain; ``supply_matches``, the chain's supply with what was settled.
    """

    block_number: int
    wallets: int
    books_match: bool
    supply_matches: bool
    drifts: tuple[Drift, ...]
    named: tuple[NamedDrift, ...] = ()

    @property
    def agrees(self) -> bool:
        return self.books_match and self.supply_matches and not self.drifts
