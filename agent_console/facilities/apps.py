from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class FacilitiesConfig(AppConfig):
    name = "agent_console.facilities"
    label = "facilities"
    verbose_name = "Points de collecte et consignes de tri"

    def ready(self) -> None:
        connect_grants(
            self, runtime_role=settings.RUNTIME_ROLE, append_only=["facilities_sortingchange"]
        )
