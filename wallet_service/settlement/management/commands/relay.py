"""``relay``: the relayer process. Ends on SIGTERM or SIGINT."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chain.client import ChainClient
from chain.config import ChainConfig, ChainConfigError
from chain.keystore import KeystoreError
from wallet_service.settlement.checkpoints import Checkpoints
from wallet_service.settlement.keyring import open_keyring
from wallet_service.settlement.relayer import Relayer
from wallet_service.settlement.waiting import StopSignal


class Command(BaseCommand):
    help = "Settles the ledger's entries on the chain until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = StopSignal()
        stop.listen()
        try:
            config = ChainConfig.from_environ()
            with ChainClient(config.rpc_url) as client:
                folder = config.checkpoint_dir
                Relayer(
                    client=client,
                    open_keyring=partial(open_keyring, config=config),
                    stop=stop,
                    reconcile_every_s=settings.RECONCILE_EVERY_S,
                    checkpoints=Checkpoints(folder=folder) if folder else None,
                ).run()
        except (ChainConfigError, KeystoreError) as exc:
            raise CommandError(str(exc)) from exc
