"""The console's WebSocket route."""

from __future__ import annotations

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from agent_console.intake.consumers import ConsoleConsumer

# The session cookie travels with a WebSocket opened by any page: the origin must be ours.
websocket_urlpatterns = [
    path(
        "ws/console/",
        AllowedHostsOriginValidator(AuthMiddlewareStack(ConsoleConsumer.as_asgi())),
    )
]
