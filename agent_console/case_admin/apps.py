from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class CaseAdminConfig(AppConfig):
    name = "agent_console.case_admin"
    label = "case_admin"
    verbose_name = "Réglages des signalements"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE, append_only=["case_admin_change"])
