from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.signals import user_logged_out

from service_kit.grants import connect_grants


class ConversationsConfig(AppConfig):
    name = "agent_console.conversations"
    label = "conversations"
    verbose_name = "Conversations"

    def ready(self) -> None:
        connect_grants(
            self,
            runtime_role=settings.RUNTIME_ROLE,
            append_only=["conversations_routingchange"],
        )
        user_logged_out.connect(_release, dispatch_uid="conversations-signed-out")


def _release(user: Any, **kwargs: Any) -> None:
    """Whoever signs out holds nothing any more."""
    from .routing.leaving import signed_out  # models are there once apps are ready

    if user is not None:
        signed_out(user=user)
