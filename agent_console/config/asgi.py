"""The console process: HTTP by Django, WebSockets by Channels."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agent_console.config.settings")
http = get_asgi_application()

# Consumers import models: only after the applications are loaded.
from agent_console.intake.routing import websocket_urlpatterns as console_sockets  # noqa: E402
from channels_config.web.routing import websocket_urlpatterns as chat_sockets  # noqa: E402

from .body_limit import BodyLimit  # noqa: E402

application = ProtocolTypeRouter(
    {"http": BodyLimit(http), "websocket": URLRouter([*chat_sockets, *console_sockets])}
)
