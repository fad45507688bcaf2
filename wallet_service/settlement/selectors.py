"""Reads of settlement for the rest of the wallet. Nothing here asks the chain."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet, Sum

from chain.codec import Line, pack_line
from wallet_service.ledger.models import Wallet

from .domain import TransactionState
from .facts import Settlement, SettlementProof
from .models import SettlementLine


def settlement_for_entries(entry_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Settlement]:
    """Entry id → its settlement, for those entries that stand on the chain now.

    While the chain is rebuilt an entry is missing here until it stands again.
    """
    lines = _confirmed_lines().filter(intent__entry_id__in=list(entry_ids))
    return {line.intent.entry_id: _settlement(line) for line in lines}


def settled_points(wallet: Wallet) -> int:
    """Points of the wallet that stand on the chain, line by line those of its settled entries.

    It is what ``balanceOf(wallet.address)`` answers, unless a batch holds a refused line: none of
    its lines counts until a person has looked.
    """
    lines = _confirmed_lines()
    received = lines.filter(to_address=wallet.address).aggregate(points=Sum("points"))
    given = lines.filter(from_address=wallet.address).aggregate(points=Sum("points"))
    return (received["points"] or 0) - (given["points"] or 0)


def proof_for_entry(entry_id: uuid.UUID) -> SettlementProof | None:
    """How to check an entry on the chain with any web3 client; None when it is not there (yet)."""
    line = _confirmed_lines().filter(intent__entry_id=entry_id).first()
    if line is None:
        return None
    batch = line.batch
    account = line.to_address if batch.operation == "mint" else line.from_address
    return SettlementProof(
        settlement=_settlement(line),
        block_hash=batch.settling.block_hash,
        function=f"{batch.operation}Batch",
        first_number=batch.first_number,
        line_count=batch.line_count,
        line="0x" + pack_line(Line(str(account), line.points)).hex(),
        from_address=line.from_address,
        to_address=line.to_address,
    )


def _confirmed_lines() -> QuerySet[SettlementLine]:
    return SettlementLine.objects.filter(
        batch__settling__state=TransactionState.CONFIRMED,
        batch__settling__reverted=False,
        # A batch with a refused line is confirmed but not trusted until a person has looked.
        batch__settling__lines_refused=0,
    ).select_related("intent", "batch__settling__deployment")


def _settlement(line: SettlementLine) -> Settlement:
    stored = line.batch.settling
    # A confirmed transaction has both: a constraint of the table.
    assert stored.block_number is not None
    assert stored.first_confirmed_at is not None
    return Settlement(
        entry_id=line.intent.entry_id,
        number=line.number,
        operation=line.batch.operation,
        points=line.points,
        transaction_hash=stored.hash,
        block_number=stored.block_number,
        position=line.position,
        contract_address=stored.deployment.contract_address,
        chain_id=stored.deployment.chain_id,
        settled_at=stored.first_confirmed_at,
    )
