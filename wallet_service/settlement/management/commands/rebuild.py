"""``rebuild``: replay the stored transactions into an empty node, then reconcile with it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chain.client import ChainClient, ChainError
from chain.config import ChainConfig, ChainConfigError
from wallet_service.settlement.errors import SettlementError
from wallet_service.settlement.rebuilding import chain_replay
from wallet_service.settlement.reconciliation import chain_reconcile


class Command(BaseCommand):
    help = (
        "Replays every stored transaction into a node and compares the result with the ledger."
        " The relayer does the first part by itself after a node was lost; this command shows"
        " progress, and can audit the journal on a second node."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rpc-url", help="the node to fill (default: CHAIN_RPC_URL)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            primary = ChainConfig.from_environ().rpc_url
            rpc_url = options["rpc_url"] or primary
            with ChainClient(rpc_url) as client:
                replayed = chain_replay(client=client, report=self._report)
                # What another node holds says nothing of the one that /readyz speaks about.
                result = chain_reconcile(
                    client=client, store=rpc_url == primary, receipts_only=True
                )
        except (ChainConfigError, ChainError, SettlementError) as exc:
            raise CommandError(str(exc)) from exc
        if not result.agrees:
            raise CommandError(f"{len(result.drifts)} of {result.wallets} wallets differ")
        self.stdout.write(
            f"{replayed} transactions replayed, {result.wallets} wallets agree"
            f" at block {result.block_number}"
        )

    def _report(self, done: int, total: int) -> None:
        self.stderr.write(f"\r{done:>9,} / {total:,}  {done * 100 // total:>3} %", ending="")
        if done == total:
            self.stderr.write("")
