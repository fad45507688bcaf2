from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class ConversationsConfig(AppConfig):
    name = "agent_console.conversations"
    label = "conversations"
    verbose_name = "Conversations"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE)
