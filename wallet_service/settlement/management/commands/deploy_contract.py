"""``deploy_contract``: make the keys and store what deploys the contract, once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chain.config import ChainConfig, ChainConfigError
from chain.keystore import KeystoreError
from chain.signer import SignerUnavailable
from wallet_service.settlement.deployment import contract_deploy
from wallet_service.settlement.errors import DeploymentRefused


class Command(BaseCommand):
    help = (
        "Creates the keystores that are missing and stores the signed transactions that deploy the"
        " contract and grant its roles; the relayer sends them. Needs no node. Safe to run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            deployment, created = contract_deploy(config=ChainConfig.from_environ())
        except (ChainConfigError, KeystoreError, SignerUnavailable, DeploymentRefused) as exc:
            raise CommandError(str(exc)) from exc
        verb = "stored" if created else "is stored already"
        self.stdout.write(
            f"deployment {verb}: contract {deployment.contract_address}"
            f" on chain {deployment.chain_id}"
        )
