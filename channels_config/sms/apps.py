"""SMS as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class SmsChannelConfig(AppConfig):
    """Registers delivery with the hub and the courier of one-time codes, when SMS are on."""

    name = "channels_config.sms"
    label = "sms_channel"
    verbose_name = "Canal SMS"

    def ready(self) -> None:
        # Models can only be imported once every application is loaded.
        from agent_console.citizens.couriers import register_courier
        from agent_console.citizens.models import ChannelCode
        from agent_console.conversations.ports import register_channel, register_taker
        from channels_config.kit.switched_off import OffChannel
        from channels_config.sms import config
        from channels_config.sms.couriers import PhoneCourier
        from channels_config.sms.deliver import SmsChannel
        from channels_config.sms.receive import sms_take

        if not config.is_on():
            register_channel(OffChannel("sms"))
            return
        register_channel(SmsChannel())
        register_taker(SmsChannel.code, sms_take)
        for kind in (ChannelCode.SMS, ChannelCode.PHONE, ChannelCode.VOICE):
            register_courier(PhoneCourier(kind))
