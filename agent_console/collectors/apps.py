from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class CollectorsConfig(AppConfig):
    name = "agent_console.collectors"
    label = "collectors"
    verbose_name = "Collecteurs"

    def ready(self) -> None:
        connect_grants(
            self,
            runtime_role=settings.RUNTIME_ROLE,
            append_only=["collectors_cardchange", "collectors_depositretry"],
        )
