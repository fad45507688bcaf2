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
            append_only=[
                "reports_transition",
                "reports_feedback",
                "reports_supportchange",
                "reports_outagechange",
            ],
            # To empty them of an erased person's words; a trigger lets nothing else through.
            updatable_columns={"reports_feedback": ["comment", "conversation_id"]},
        )
        # Models can only be imported once every application is loaded.
        from agent_console.conversations.ports import register_photo_store

        from .received_photos import CitizenPhotos

        register_photo_store(CitizenPhotos())
