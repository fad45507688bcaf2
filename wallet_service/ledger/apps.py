"""Registers the ledger and the rights of the runtime role on its tables."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class LedgerConfig(AppConfig):
    name = "wallet_service.ledger"
    label = "ledger"
    verbose_name = "Grand livre"

    def ready(self) -> None:
        connect_grants(
            self,
            runtime_role=settings.WALLET_RUNTIME_ROLE,
            # Accounts and lots change too, but only through triggers, which act as owner.
            append_only=[
                "ledger_wallet",
                "ledger_account",
                "ledger_journalentry",
                "ledger_posting",
                "ledger_settlementintent",
                "ledger_lot",
                "ledger_lotmovement",
                "ledger_expirynotice",
                "ledger_lotnotice",
                "ledger_issuingstop",
                "ledger_idempotencykey",
                "ledger_walletmerge",
                "ledger_walletclosure",
            ],
            updatable_columns={
                "ledger_walletmerge": ["undone_at"],
                "ledger_settlementintent": ["batched"],
                "ledger_expirynotice": ["outcome", "acknowledged_at"],
            },
        )
