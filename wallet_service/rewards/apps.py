"""Registers the rewards and the rights of the runtime role on their tables."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class RewardsConfig(AppConfig):
    name = "wallet_service.rewards"
    label = "rewards"
    verbose_name = "Récompenses"

    def ready(self) -> None:
        connect_grants(
            self,
            runtime_role=settings.WALLET_RUNTIME_ROLE,
            append_only=[model._meta.db_table for model in self.get_models()],
            # Decisions, and what is left of budgets; triggers refuse any other change.
            updatable_columns={
                "rewards_reward": ["state", "void_reason", "decided_entry_id", "decided_at"],
                "rewards_campaignslice": ["remaining_points"],
                "rewards_reviewcase": ["state", "decided_by", "decided_at"],
                "rewards_correction": ["state", "decided_by", "decided_at", "entry_id"],
            },
        )
