"""The web channel's WebSocket route."""

from __future__ import annotations

from django.urls import path

from channels_config.web.consumer import ChatConsumer
from channels_config.web.origins import OriginGuard

websocket_urlpatterns = [path("ws/chat/", OriginGuard(ChatConsumer.as_asgi()))]
