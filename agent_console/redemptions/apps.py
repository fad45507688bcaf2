from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class RedemptionsConfig(AppConfig):
    name = "agent_console.redemptions"
    label = "redemptions"
    verbose_name = "Offres et bons"

    def ready(self) -> None:
        connect_grants(
            self, runtime_role=settings.RUNTIME_ROLE, append_only=["redemptions_assistedact"]
        )
