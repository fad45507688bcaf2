"""Telegram as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class TelegramChannelConfig(AppConfig):
    """Registers delivery with the hub, when Telegram is on."""

    name = "channels_config.telegram"
    label = "telegram_channel"
    verbose_name = "Canal Telegram"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE)
        # Models can only be imported once every application is loaded.
        from agent_console.citizens.vouching import register_voucher
        from agent_console.conversations.ports import register_channel
        from channels_config.kit.switched_off import OffChannel
        from channels_config.telegram import config
        from channels_config.telegram.deliver import TelegramChannel
        from channels_config.telegram.phones import TelegramVoucher

        register_voucher(TelegramVoucher())
        register_channel(TelegramChannel() if config.is_on() else OffChannel("telegram"))
