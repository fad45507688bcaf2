"""Registers the settlement app and the rights of the runtime role on its tables."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class SettlementConfig(AppConfig):
    name = "wallet_service.settlement"
    label = "settlement"
    verbose_name = "Règlement sur la chaîne"

    def ready(self) -> None:
        connect_grants(
            self,
            runtime_role=settings.WALLET_RUNTIME_ROLE,
            append_only=[
                "settlement_deployment",
                "settlement_chaintransaction",
                "settlement_batch",
                "settlement_settlementline",
                "settlement_senderkey",
                "settlement_reconciliationrun",
                "settlement_reconciliationdrift",
                "settlement_chaincheckpoint",
            ],
            # What the chain says about a transaction changes; what was signed never does.
            updatable_columns={
                "settlement_batch": ["settling_id"],
                "settlement_chaintransaction": [
                    "state",
                    "sent_at",
                    "block_number",
                    "block_hash",
                    "gas_used",
                    "reverted",
                    "lines_refused",
                    "confirmed_at",
                    "first_confirmed_at",
                    "rewinds",
                ],
            },
        )
