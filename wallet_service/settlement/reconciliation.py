"""Comparing ledger and chain, wallet by wallet; partners have wallets too."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from django.db import transaction
from django.db.models import Max

from chain.client import ChainClient

from .books import (
    TamperedAccount,
    books_match,
    books_of,
    supply_until,
    tampered_accounts,
    wallets_after,
)
from .domain import TransactionState
from .errors import SettlementError
from .explaining import Explaining
from .facts import Drift, Reconciliation
from .models import ChainTransaction, Deployment, ReconciliationDrift, ReconciliationRun

_WALLETS_AT_ONCE: Final = 500
_PENDING_AT_ONCE: Final = 100


def chain_reconcile(
    *, client: ChainClient, store: bool, receipts_only: bool = False
) -> Reconciliation:
    """Compare every wallet's books with ``balanceOf``, and the sums.

    See ``Comparison`` for the arguments; raises what it raises.
    """
    comparison = Comparison(client=client, store=store, receipts_only=receipts_only)
    while True:
        result = comparison.compare_page()
        if result is not None:
            return result


class Comparison:
    """One reconciliation, a page of wallets at a time, so that the relayer may settle in between.

    Each page is compared at the block that is the latest when it begins, so a chain that goes on
    meanwhile, and a node that forgets old states, do no harm. Wallets without any line are asked
    too: the chain must answer zero. The sums are compared as well, which shows what the wallets
    alone would not: points meant for an address that is no wallet, or minted for one.

    With ``store``, the outcome is kept where ``/readyz`` reads it: one row, and one for each entry
    that explains a difference; only for the node that the relayer settles on. ``receipts_only``:
    the node may not hold the blocks that the relayer has seen (a second node, or one just
    refilled), so how far it is, is asked of it alone. Changes nothing else.

    Raises ``SettlementError`` when nothing is deployed, ``ChainError`` kinds when the node is away.
    """

    def __init__(self, *, client: ChainClient, store: bool, receipts_only: bool = False) -> None:
        deployment = Deployment.objects.order_by("id").first()
        if deployment is None:
            raise SettlementError("no deployment is stored: run deploy_contract")
        self._client = client
        self._contract = deployment.contract_address
        self._receipts_only = receipts_only
        self._store = store
        self._after = ""  # the last address compared
        self._wallets = 0
        self._drifts: list[Drift] = []
        self._tampered: list[TamperedAccount] = []

    def compare_page(self) -> Reconciliation | None:
        """Compare the next wallets; None while there may be more."""
        block, place = self._moment()
        page = wallets_after(self._after, limit=_WALLETS_AT_ONCE)
        addresses = [address for _, address in page]
        self._tampered += tampered_accounts([wallet_id for wallet_id, _ in page])
        books = books_of(addresses, place)
        balances = self._client.balances(self._contract, addresses, block_number=block)
        for (wallet_id, address), balance in zip(page, balances, strict=True):
            ledger, intended, settled = books[address]
            if ledger != intended or settled != balance:
                self._drifts.append(Drift(wallet_id, address, ledger, intended, settled, balance))
        self._wallets += len(page)
        if len(page) == _WALLETS_AT_ONCE:
            self._after = addresses[-1]
            return None
        return self._finish()

    def _moment(self) -> tuple[int, int]:
        """The latest block, and the place in the sequence up to which it holds everything."""
        block = self._client.block_number()
        known = 0 if self._receipts_only else _seen_at(block)
        return block, _on_chain_at(block, self._client, known=known)

    def _finish(self) -> Reconciliation:
        block, place = self._moment()
        self._tampered += tampered_accounts(None)
        supply = self._client.total_supply(self._contract, block_number=block)
        books_agree = books_match() and not self._tampered
        supply_agrees = supply == supply_until(place)
        explaining = Explaining(
            client=self._client, contract=self._contract, block=block, place=place
        )
        result = Reconciliation(
            block_number=block,
            wallets=self._wallets,
            books_match=books_agree,
            supply_matches=supply_agrees,
            drifts=tuple(self._drifts),
            named=explaining.all_of(
                drifts=self._drifts,
                tampered=self._tampered,
                books_match=books_agree,
                supply_matches=supply_agrees,
            ),
        )
        if self._store:
            _keep(result)
        return result


def _keep(result: Reconciliation) -> None:
    """One SQL transaction: an outcome is there with its explanation, or not at all."""
    with transaction.atomic():
        run = ReconciliationRun.objects.create(
            block_number=result.block_number,
            wallets=result.wallets,
            drifts=len(result.drifts),
            books_match=result.books_match,
            supply_matches=result.supply_matches,
        )
        ReconciliationDrift.objects.bulk_create(
            [ReconciliationDrift(run=run, **asdict(named)) for named in result.named]
        )


def _seen_at(block: int) -> int:
    """The last place that the relayer has seen in ``block`` or before; 0 for none."""
    seen = ChainTransaction.objects.filter(
        state=TransactionState.CONFIRMED, block_number__lte=block
    )
    return seen.aggregate(last=Max("place"))["last"] or 0


def _on_chain_at(block: int, client: ChainClient, *, known: int) -> int:
    """The last place whose transaction is in ``block`` or before.

    The relayer goes on meanwhile, and may not have seen the receipts of the last blocks: those
    after ``known`` are asked of the node. The sequence has one order, so all before stand. What was
    reverted stands only if another transaction stands in for it.
    """
    while True:
        later: list[tuple[int, str, int | None]] = list(
            ChainTransaction.objects.filter(place__gt=known)
            .order_by("place")
            .values_list("place", "hash", "superseded_by__sequence")[:_PENDING_AT_ONCE]
        )
        receipts = client.receipts([stored_hash for _, stored_hash, _ in later])
        for (place, _, replaced), receipt in zip(later, receipts, strict=True):
            if receipt is None or receipt.block_number > block:
                return known
            if not receipt.succeeded and replaced is None:
                return known
            known = place
        if len(later) < _PENDING_AT_ONCE:
            return known
