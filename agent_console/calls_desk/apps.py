from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class CallsDeskConfig(AppConfig):
    name = "agent_console.calls_desk"
    label = "calls_desk"
    verbose_name = "Appels"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE)
