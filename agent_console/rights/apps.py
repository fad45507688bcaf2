from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class RightsConfig(AppConfig):
    name = "agent_console.rights"
    label = "rights"
    verbose_name = "Données personnelles"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE, append_only=["rights_rightsact"])
