"""The channel port, for calls: whoever is on the line fetches what we say.

A message for somebody who is not on the line is texted to a mobile and said to a landline by a
call, as SMS does; a question of a form that is still open is not, since it can't be answered there.
"""

from __future__ import annotations

from agent_console.calls.selectors import is_on_the_phone
from agent_console.citizens.addresses import is_mobile
from agent_console.conversations.delivery_states import DeliveryError
from agent_console.conversations.errors import DeliveryFailed, MediaRefused
from agent_console.conversations.models import Attachment, Author, Message
from agent_console.conversations.ports import Handed
from agent_console.conversations.selectors import newest_turn
from channels_config.sms import config as sms
from channels_config.sms.deliver import call, phone_of, send_text
from channels_config.sms.render import plain
from channels_config.sms.spoken import spoken_text

from .speech import spoken


class VoiceChannel:
    """Implements ``agent_console.conversations.ports.Channel``."""

    code = "voice"

    def deliver(self, message: Message) -> Handed | None:
        """``None`` while the person is on the line; raises ``DeliveryFailed``."""
        conversation = message.conversation
        if is_on_the_phone(conversation_id=conversation.pk):
            return None
        turn = newest_turn(conversation_id=conversation.pk)
        if message.author == Author.BOT and (message.buttons or (turn and turn.form)):
            raise DeliveryFailed(permanent=True, code=DeliveryError.HUNG_UP)
        phone = phone_of(conversation.contact_point)
        if is_mobile(phone) and sms.is_on():
            return Handed(external_id=send_text(phone, plain(message.text)))
        locale = conversation.contact_point.locale
        return call(phone, twiml=spoken_text(spoken(message.text), locale=locale))

    def fetch(self, attachment: Attachment) -> bytes:
        """Nobody sends pictures by voice."""
        raise MediaRefused("media_gone")
