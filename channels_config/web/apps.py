"""The web channel as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WebChannelConfig(AppConfig):
    """Registers the web channel's delivery with the conversations hub."""

    name = "channels_config.web"
    label = "web_channel"
    verbose_name = "Canal web"

    def ready(self) -> None:
        # Models can only be imported once every application is loaded.
        from agent_console.conversations.ports import register_channel
        from channels_config.web.delivery import WebChannel

        register_channel(WebChannel())
