from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class TrainingConfig(AppConfig):
    name = "agent_console.training"
    label = "training"
    verbose_name = "Entraînement de l’assistant"

    def ready(self) -> None:
        connect_grants(
            self,
            runtime_role=settings.RUNTIME_ROLE,
            append_only=["training_step", "training_export"],
        )
