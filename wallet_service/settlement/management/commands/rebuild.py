"""``rebuild``: replay the stored transactions into an empty node, then reconcile with it."""

from __future__ import annotations

import time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chain.client import ChainClient, ChainError
from chain.config import ChainConfig, ChainConfigError
from wallet_service.settlement.administration import deployment_get
from wallet_service.settlement.checkpoints import Checkpoints
from wallet_service.settlement.errors import SettlementError
from wallet_service.settlement.rebuilding import chain_replay
from wallet_service.settlement.reconciliation import chain_reconcile

_BAR_CHARS: Final = 30


class Command(BaseCommand):
    help = (
        "Replays every stored transaction into a node and compares the result with the ledger."
        " The relayer does the first part by itself after a node was lost; this command shows"
        " progress, and can audit the journal on a second node."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rpc-url", help="the node to fill (default: CHAIN_RPC_URL)")
        parser.add_argument(
            "--full",
            action="store_true",
            help="replay from the beginning; a second node is always filled so",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            config = ChainConfig.from_environ()
            rpc_url = options["rpc_url"] or config.rpc_url
            ours = rpc_url == config.rpc_url
            with ChainClient(rpc_url) as client:
                if ours and not options["full"]:
                    self._restore(config, client)
                self._started = time.monotonic()
                replayed = chain_replay(client=client, report=self._report)
                # What another node holds says nothing of the one that /readyz speaks about.
                result = chain_reconcile(client=client, store=ours, receipts_only=True)
        except (ChainConfigError, ChainError, SettlementError) as exc:
            raise CommandError(str(exc)) from exc
        if not result.agrees:
            raise CommandError(f"{len(result.drifts)} of {result.wallets} wallets differ")
        self.stdout.write(
            f"{replayed} transactions replayed, {result.wallets} wallets agree"
            f" at block {result.block_number}"
        )

    def _restore(self, config: ChainConfig, client: ChainClient) -> None:
        folder = config.checkpoint_dir
        if folder and Checkpoints(folder=folder).restore_if_empty(client, deployment_get()):
            self.stderr.write("checkpoint loaded; what it holds is only checked")

    def _report(self, done: int, total: int) -> None:
        filled = "#" * (_BAR_CHARS * done // total)
        rate = done / max(time.monotonic() - self._started, 0.001)
        self.stderr.write(
            f"\r[{filled:<{_BAR_CHARS}}] {done:>9,} / {total:,}  {done * 100 // total:>3} %"
            f"  {rate:,.0f} transactions/s ",
            ending="",
        )
        if done == total:
            self.stderr.write("")
