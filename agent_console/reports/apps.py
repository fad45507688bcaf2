from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class ReportsConfig(AppConfig):
    name = "agent_console.reports"
    label = "reports"
    verbose_name = "Signalements"

    def ready(self) -> None:
        connect_grants(
            self,
            runtime_role=settings.RUNTIME_ROLE,
            append_only=["reports_transition", "reports_feedback"],
        )
