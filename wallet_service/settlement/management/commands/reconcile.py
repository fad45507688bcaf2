"""``reconcile``: compare ledger and chain, wallet by wallet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chain.client import ChainClient, ChainError
from chain.config import ChainConfig, ChainConfigError
from wallet_service.settlement.errors import SettlementError
from wallet_service.settlement.issuing import issuing_follow
from wallet_service.settlement.reconciliation import chain_reconcile


class Command(BaseCommand):
    help = "Compares every wallet's ledger points with balanceOf; fails naming each difference."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with ChainClient(ChainConfig.from_environ().rpc_url) as client:
                result = chain_reconcile(client=client, store=True)
        except (ChainConfigError, ChainError, SettlementError) as exc:
            raise CommandError(str(exc)) from exc
        issuing_follow(result)
        for drift in result.drifts:
            self.stdout.write(
                f"{drift.address}: ledger {drift.ledger_points}, intents {drift.intended_points},"
                f" settled {drift.settled_points}, chain {drift.chain_points}"
            )
        for named in result.named:
            about = named.entry_id or named.transaction_hash or named.address or "-"
            self.stdout.write(f"  {named.kind}: {about}, {named.points:+d}")
        if not result.books_match:
            self.stdout.write("the ledger's sum is not zero, or not what was meant for the chain")
        if not result.supply_matches:
            self.stdout.write("the supply on the chain is not the sum of what was settled")
        if not result.agrees:
            raise CommandError(f"{len(result.drifts)} of {result.wallets} wallets differ")
        self.stdout.write(f"{result.wallets} wallets agree at block {result.block_number}")
