from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class PlacesConfig(AppConfig):
    name = "agent_console.places"
    label = "places"
    verbose_name = "Territoire"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE)
