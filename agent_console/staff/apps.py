from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class StaffConfig(AppConfig):
    name = "agent_console.staff"
    label = "staff"
    verbose_name = "Agents"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE, append_only=["staff_staffactor"])
