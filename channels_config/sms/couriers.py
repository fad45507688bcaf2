"""One-time codes to telephones: a text to mobiles, a call that says the digits to landlines."""

from __future__ import annotations

from agent_console.citizens.addresses import is_mobile
from agent_console.citizens.couriers import CourierUnavailable
from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.conversations.errors import DeliveryFailed
from channels_config.kit.incoming import localised

from .deliver import call, phone_of, send_text
from .render import plain
from .spoken import spoken_code


class PhoneCourier:
    """Implements ``agent_console.citizens.couriers.CodeCourier`` for one way to use a number."""

    def __init__(self, kind: ChannelCode) -> None:
        self.kind = kind

    def send(self, *, contact_point: ContactPoint, code: str, locale: str) -> None:
        """Hand the code to Twilio; raises ``CourierUnavailable`` when it was not taken."""
        try:
            phone = phone_of(contact_point)
            if is_mobile(phone):
                send_text(phone, plain(localised("sms", "code", locale, code=code)))
            else:
                call(phone, twiml=spoken_code(code, locale=locale))
        except DeliveryFailed as failure:
            raise CourierUnavailable(failure.code) from None
