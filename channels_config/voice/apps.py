"""Calls as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class VoiceChannelConfig(AppConfig):
    """Registers the channel with the hub and the telephone with calls, when calls are on."""

    name = "channels_config.voice"
    label = "voice_channel"
    verbose_name = "Canal vocal"

    def ready(self) -> None:
        # Models can only be imported once every application is loaded.
        from agent_console.calls.ports import register_telephone
        from agent_console.conversations.ports import register_channel
        from channels_config.kit.switched_off import OffChannel
        from channels_config.voice import config
        from channels_config.voice.deliver import VoiceChannel
        from channels_config.voice.telephone import TwilioTelephone

        if not config.is_on():
            register_channel(OffChannel("voice"))
            return
        register_channel(VoiceChannel())
        register_telephone(TwilioTelephone())
