from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class OpeningConfig(AppConfig):
    name = "agent_console.opening"
    label = "opening"
    verbose_name = "Horaires d’accueil"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE)
