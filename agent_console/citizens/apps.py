from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class CitizensConfig(AppConfig):
    name = "agent_console.citizens"
    label = "citizens"
    verbose_name = "Citoyens"

    def ready(self) -> None:
        connect_grants(
            self, runtime_role=settings.RUNTIME_ROLE, append_only=["citizens_walletconsent"]
        )
