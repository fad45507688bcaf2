from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class IdentityConfig(AppConfig):
    name = "agent_console.identity"
    label = "identity"
    verbose_name = "Identité"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE)
