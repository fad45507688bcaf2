from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class KnowledgeConfig(AppConfig):
    name = "agent_console.knowledge"
    label = "knowledge"
    verbose_name = "Connaissances"

    def ready(self) -> None:
        connect_grants(
            self, runtime_role=settings.RUNTIME_ROLE, append_only=["knowledge_articleversion"]
        )
