"""The channel port, for SMS: a text to mobiles, a spoken call to landlines.

A crash after Twilio took a message and before that is written down sends it again: at least once.
Every message carries our delivery's number in the address of its status, so that word of either
copy finds it.
"""

from __future__ import annotations

from urllib.parse import urlencode

import requests
from django.conf import settings
from django.urls import reverse

from agent_console.citizens.addresses import is_mobile
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ContactPoint
from agent_console.citizens.services import contact_address
from agent_console.conversations.delivery_states import DeliveryError
from agent_console.conversations.errors import DeliveryFailed, MediaRefused, MediaUnavailable
from agent_console.conversations.models import Attachment, Message
from agent_console.conversations.ports import Handed
from channels_config.kit.twilio.account import NUMBER
from channels_config.kit.twilio.asking import asked, patient
from channels_config.kit.twilio.client import (
    ProviderUnavailable,
    TooLarge,
    based,
    client,
    http,
)

from . import config, limits
from .render import plain, render
from .segments import segments
from .spoken import spoken_text


class SmsChannel:
    """Implements ``agent_console.conversations.ports.Channel``."""

    code = "sms"

    def deliver(self, message: Message) -> Handed:
        """Hand the message to Twilio; raises ``DeliveryFailed``."""
        contact_point = message.conversation.contact_point
        phone = phone_of(contact_point)
        callback = status_address(message.delivery.pk)
        if not is_mobile(phone):
            text = plain(message.text)
            return call(
                phone,
                twiml=spoken_text(text, locale=contact_point.locale),
                status_callback=callback,
            )
        bodies = render(message, sender=config.sender())
        for body in bodies:
            sid = send_text(phone, body, status_callback=callback)
        return Handed(external_id=sid, segments=sum(segments(body).count for body in bodies))

    def fetch(self, attachment: Attachment) -> bytes:
        """A picture of an MMS, fetched with our credentials; its bytes say whether it is one."""
        try:
            _, content = http().download(based(attachment.source), most=limits.MEDIA_MAX_BYTES)
        except TooLarge as error:
            raise MediaRefused("photo_too_large") from error
        except ProviderUnavailable as failure:
            raise MediaUnavailable("media_unavailable", failure.retry_after_s) from failure
        except requests.HTTPError as error:  # gone, or not ours
            raise MediaRefused("media_gone") from error
        return content


def phone_of(contact_point: ContactPoint) -> str:
    """The contact's number, E.164; raises ``DeliveryFailed``."""
    try:
        phone = contact_address(contact_point)
    except AddressInvalid as error:
        raise DeliveryFailed(permanent=True, code=DeliveryError.ADDRESS_MISSING) from error
    if phone is None or not NUMBER.fullmatch(phone):
        raise DeliveryFailed(permanent=True, code=DeliveryError.ADDRESS_MISSING)
    return phone


def status_address(delivery_id: int) -> str:
    """Where Twilio says what becomes of a delivery; the number is signed with the address."""
    path = reverse("sms:status")
    return f"{settings.PUBLIC_BASE_URL}{path}?{urlencode({'delivery': delivery_id})}"


def send_text(phone: str, body: str, *, status_callback: str | None = None) -> str:
    """Have Twilio send one text; its number. Raises ``DeliveryFailed``."""
    sender = config.sender()
    name = "messaging_service_sid" if sender.kind == config.SenderKind.SERVICE else "from_"
    given = {"to": phone, "body": body, name: sender.value}
    if status_callback is not None:
        given["status_callback"] = status_callback
    patient(limits.OUTGOING.wait_s(sender.value))
    return asked(lambda: str(client().messages.create(**given).sid))


def call(phone: str, *, twiml: str, status_callback: str | None = None) -> Handed:
    """Have Twilio call and say ``twiml``.  Raises ``DeliveryFailed``."""
    caller = settings.TWILIO_VOICE_FROM
    if not caller:
        raise DeliveryFailed(permanent=True, code=DeliveryError.NOT_MOBILE)
    given = {"to": phone, "from_": caller, "twiml": twiml}
    if status_callback is not None:
        given["status_callback"] = status_callback
    patient(limits.CALLS.wait_s(caller))
    return Handed(external_id=asked(lambda: str(client().calls.create(**given).sid)))
