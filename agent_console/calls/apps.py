from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class CallsConfig(AppConfig):
    name = "agent_console.calls"
    label = "calls"
    verbose_name = "Appels"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE, append_only=["calls_callbackstep"])
