"""Comparing ledger and chain, wallet by wallet, at one block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection, transaction
from django.db.models import Max

from chain.client import ChainClient
from wallet_service.ledger.selectors import sum_of_all_balances

from .domain import TransactionState
from .errors import SettlementError
from .facts import Drift, Reconciliation
from .models import ChainTransaction, Deployment, ReconciliationRun

_WALLETS_AT_ONCE: Final = 500
_PENDING_AT_ONCE: Final = 100

# Per wallet: what the ledger says its holder has (held points are still a citizen's on the chain),
# what its intents add up to, and which part of that stands on the chain up to a place in the
# sequence.
_BOOKS: Final = """
WITH wallet AS (
    SELECT id, address FROM ledger_wallet WHERE address = ANY(%(addresses)s)
), ledger AS (
    SELECT wallet.address, sum(account.balance_points) AS points
      FROM wallet JOIN ledger_account account ON account.wallet_id = wallet.id
     WHERE account.kind IN ('wallet_available', 'wallet_held', 'partner_earned')
     GROUP BY wallet.address
), line AS (
    SELECT to_address AS address, points, batch_id
      FROM settlement_settlementline WHERE to_address = ANY(%(addresses)s)
     UNION ALL
    SELECT from_address, -points, batch_id
      FROM settlement_settlementline WHERE from_address = ANY(%(addresses)s)
), signed AS (
    SELECT line.address, sum(line.points) AS points,
           coalesce(sum(line.points) FILTER (WHERE batch.transaction_id <= %(sequence)s), 0)
               AS settled
      FROM line JOIN settlement_batch batch ON batch.id = line.batch_id
     GROUP BY line.address
), waiting AS (
    SELECT address, sum(points) AS points
      FROM (SELECT to_address AS address, points FROM ledger_settlementintent WHERE NOT batched
             UNION ALL
            SELECT from_address, -points FROM ledger_settlementintent WHERE NOT batched) AS intent
     WHERE address = ANY(%(addresses)s)
     GROUP BY address
)
SELECT address, coalesce(ledger.points, 0),
       coalesce(signed.points, 0) + coalesce(waiting.points, 0), coalesce(signed.settled, 0)
  FROM unnest(%(addresses)s::text[]) AS given (address)
  LEFT JOIN ledger USING (address)
  LEFT JOIN signed USING (address)
  LEFT JOIN waiting USING (address)
"""
# All wallets against everything that was ever meant for the chain, whoever it was meant for.
_TOTALS: Final = """
SELECT (SELECT coalesce(sum(balance_points), 0) FROM ledger_account
         WHERE kind IN ('wallet_available', 'wallet_held', 'partner_earned')),
       (SELECT coalesce(sum(CASE operation WHEN 'mint' THEN points
                                           WHEN 'burn' THEN -points ELSE 0 END), 0)
          FROM (SELECT operation, points FROM settlement_batch
                 UNION ALL
                SELECT operation, points FROM ledger_settlementintent WHERE NOT batched) AS meant)
"""
_SUPPLY: Final = """
SELECT coalesce(sum(CASE batch.operation WHEN 'mint' THEN batch.points
                                         WHEN 'burn' THEN -batch.points ELSE 0 END), 0)
  FROM settlement_batch batch WHERE batch.transaction_id <= %s
"""


def chain_reconcile(
    *, client: ChainClient, store: bool, receipts_only: bool = False
) -> Reconciliation:
    """Compare every wallet's books with ``balanceOf``, and the sums, at the latest block.

    See ``Comparison`` for the arguments; raises what it raises.
    """
    comparison = Comparison(client=client, store=store, receipts_only=receipts_only)
    while True:
        result = comparison.compare_page()
        if result is not None:
            return result


class Comparison:
    """One reconciliation, a page of wallets at a time, so that the relayer may settle in between.

    Everything is compared at the block that was the latest at the start. Wallets without any line
    are asked too: the chain must answer zero. The sums over all accounts are compared as well,
    which shows what the wallets alone would not: points meant for an address that is no wallet.
    With ``store``, the outcome is kept (one row) where ``/readyz`` reads it: only for the node that
    the relayer settles on. ``receipts_only``: the node may not hold the blocks that the relayer has
    seen (a second node, or one just refilled), so how far it is, is asked of it alone. Changes
    nothing else.

    Raises ``SettlementError`` when nothing is deployed, ``ChainError`` kinds when the node is away
    or knows the block no more.
    """

    def __init__(self, *, client: ChainClient, store: bool, receipts_only: bool = False) -> None:
        deployment = Deployment.objects.order_by("id").first()
        if deployment is None:
            raise SettlementError("no deployment is stored: run deploy_contract")
        self._client = client
        self._contract = deployment.contract_address
        self._block = client.block_number()
        known = 0 if receipts_only else _seen_at(self._block)
        self._sequence = _on_chain_at(self._block, client, known=known)
        self._store = store
        self._after = ""  # the last address compared
        self._wallets = 0
        self._drifts: list[Drift] = []

    def compare_page(self) -> Reconciliation | None:
        """Compare the next wallets; None while there may be more."""
        addresses = _addresses(after=self._after)
        books = _books(addresses, self._sequence)
        balances = self._client.balances(self._contract, addresses, block_number=self._block)
        for address, balance in zip(addresses, balances, strict=True):
            ledger, intended, settled = books[address]
            if ledger != intended or settled != balance:
                self._drifts.append(Drift(address, ledger, intended, settled, balance))
        self._wallets += len(addresses)
        if len(addresses) == _WALLETS_AT_ONCE:
            self._after = addresses[-1]
            return None
        return self._finish()

    def _finish(self) -> Reconciliation:
        supply = self._client.total_supply(self._contract, block_number=self._block)
        result = Reconciliation(
            block_number=self._block,
            wallets=self._wallets,
            books_match=_books_match(),
            supply_matches=supply == _supply(self._sequence),
            drifts=tuple(self._drifts),
        )
        if self._store:
            ReconciliationRun.objects.create(
                block_number=result.block_number,
                wallets=result.wallets,
                drifts=len(result.drifts),
                books_match=result.books_match,
                supply_matches=result.supply_matches,
            )
        return result


def _seen_at(block: int) -> int:
    """The last sequence number that the relayer has seen in ``block`` or before; 0 for none."""
    seen = ChainTransaction.objects.filter(
        state=TransactionState.CONFIRMED, block_number__lte=block
    )
    return seen.aggregate(last=Max("sequence"))["last"] or 0


def _on_chain_at(block: int, client: ChainClient, *, known: int) -> int:
    """The last sequence number whose transaction is in ``block`` or before.

    The relayer goes on meanwhile, and may not have seen the receipts of the last blocks: those
    after ``known`` are asked of the node. The sequence has one order, so all before stand.
    """
    while True:
        later = list(
            ChainTransaction.objects.filter(sequence__gt=known)
            .order_by("sequence")
            .values_list("sequence", "hash")[:_PENDING_AT_ONCE]
        )
        receipts = client.receipts([stored_hash for _, stored_hash in later])
        for (sequence, _), receipt in zip(later, receipts, strict=True):
            if receipt is None or receipt.block_number > block:
                return known
            known = sequence
        if len(later) < _PENDING_AT_ONCE:
            return known


def _addresses(*, after: str) -> list[str]:
    """The next page of wallets: the table is larger than memory should hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT address FROM ledger_wallet WHERE address > %s ORDER BY address LIMIT %s",
            [after, _WALLETS_AT_ONCE],
        )
        return [str(row[0]) for row in cursor.fetchall()]


def _books(addresses: Sequence[str], sequence: int) -> dict[str, tuple[int, int, int]]:
    """Address → (ledger, intended, settled) points, all of one moment: it is one statement."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BOOKS, {"addresses": list(addresses), "sequence": sequence})
        return {
            str(address): (int(ledger), int(intended), int(settled))
            for address, ledger, intended, settled in cursor.fetchall()
        }


def _books_match() -> bool:
    """Whether the ledger sums to zero, and its wallets to what the chain holds or will hold."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS)  # one statement, hence of one moment
        row = cursor.fetchone()
    return int(row[0]) == int(row[1]) and sum_of_all_balances() == 0


def _supply(sequence: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_SUPPLY, [sequence])
        row = cursor.fetchone()
    return int(row[0])
