from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class CrewsConfig(AppConfig):
    name = "agent_console.crews"
    label = "crews"
    verbose_name = "Équipes de terrain"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE, append_only=["crews_crewaction"])
