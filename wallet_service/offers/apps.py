"""Registers the offers and the rights of the runtime role on their tables."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class OffersConfig(AppConfig):
    name = "wallet_service.offers"
    label = "offers"
    verbose_name = "Offres et bons"

    def ready(self) -> None:
        connect_grants(
            self,
            runtime_role=settings.WALLET_RUNTIME_ROLE,
            append_only=[model._meta.db_table for model in self.get_models()],
            # Triggers refuse whatever these columns alone would allow (migrations/0002_guards).
            updatable_columns={
                "offers_partner": ["name", "kind", "state", "version", "changed_by"],
                "offers_offer": [
                    "title",
                    "description",
                    "how_to_use",
                    "price_points",
                    "reimbursement_cents",
                    "stock",
                    "per_wallet_limit",
                    "communes",
                    "valid_from",
                    "valid_until",
                    "voucher_days",
                    "state",
                    "version",
                    "changed_by",
                ],
                "offers_offerstock": ["total", "taken"],
                "offers_redemption": [
                    "state",
                    "capture_entry_id",
                    "captured_at",
                    "cashier",
                    "site",
                    "own_voucher",
                    "flagged",
                    "release_entry_id",
                    "released_at",
                    "refund_entry_id",
                    "refunded_at",
                    "statement_id",
                ],
                "offers_dispute": ["state", "correction", "decided_by", "decided_at"],
            },
        )
        self._take_refunds()

    @staticmethod
    def _take_refunds() -> None:
        """Tell the rewards, which know no voucher, who gives a voucher's points back."""
        from wallet_service.rewards.correcting import refunds_by

        from .services.disputes import refund, refund_rejected

        refunds_by(refund, rejected=refund_rejected)
