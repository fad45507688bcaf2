"""The project itself: its commands, its periodic tasks, and the grants of tables not its own."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.conf import settings

from service_kit.grants import connect_grants


class WalletConfig(AppConfig):
    name = "wallet_service.config"
    label = "wallet_config"
    verbose_name = "Portefeuille"

    def ready(self) -> None:
        connect_grants(
            apps.get_app_config("procrastinate"), runtime_role=settings.WALLET_RUNTIME_ROLE
        )
