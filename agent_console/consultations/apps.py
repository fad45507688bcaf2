from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class ConsultationsConfig(AppConfig):
    name = "agent_console.consultations"
    label = "consultations"
    verbose_name = "Consultations"

    def ready(self) -> None:
        connect_grants(
            self,
            runtime_role=settings.RUNTIME_ROLE,
            append_only=[
                "consultations_step",
                "consultations_proposaldecision",
                "consultations_rollentry",
                "consultations_tally",
                "consultations_countedballot",
            ],
        )
