from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class NudgesConfig(AppConfig):
    name = "agent_console.nudges"
    label = "nudges"
    verbose_name = "Monnaie incitative"

    def ready(self) -> None:
        connect_grants(
            self, runtime_role=settings.RUNTIME_ROLE, append_only=["nudges_infocampaignchange"]
        )
