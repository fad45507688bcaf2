"""What a text message means: a keyword first, then a choice, a position, pictures, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.citizens.services import contact_at, contact_key
from agent_console.conversations import receiving
from agent_console.conversations.inbox import received_put
from agent_console.conversations.receiving import Incoming
from agent_console.conversations.selectors import offered_choices
from channels_config.kit.choices import choice_meant
from channels_config.kit.incoming import flood_told, is_silenced, localised, say, take_in
from channels_config.kit.locations import location_in_text

from .keywords import Keyword, is_english, keyword
from .limits import FLOOD
from .parse import SmsIn

_ANSWERS = {Keyword.STOP: "opted_out", Keyword.START: "opted_in", Keyword.HELP: "help"}
_OBEYED = {
    Keyword.STOP: receiving.receive_opt_out,
    Keyword.START: receiving.receive_opt_in,
    Keyword.HELP: receiving.receive_answered,
}


def sms_receive(sms: SmsIn) -> None:
    """Obey a keyword at once; anything else waits for the worker, acknowledged.

    Raises ``AddressInvalid`` for a sender that is no telephone.
    """
    if (word := keyword(sms.text)) is not None:
        _obey(contact_at(kind=ChannelCode.SMS, address=sms.sender), sms, word)
        return
    sender = contact_key(kind=ChannelCode.SMS, address=sms.sender)
    # Counted as it comes, not when a worker that was away finds all of it at once.
    if FLOOD.passes(sender):
        content = asdict(sms)
        received_put(channel="sms", external_id=_own_id(sms), sender=sender, content=content)
    else:
        flood_told(contact_at(kind=ChannelCode.SMS, address=sms.sender), channel="sms")


def sms_take(content: Mapping[str, Any]) -> None:
    """Implements ``conversations.ports.Taker`` for what ``sms_receive`` kept."""
    sms = SmsIn(**{**content, "media": tuple(content["media"])})
    contact_point = contact_at(kind=ChannelCode.SMS, address=sms.sender)
    if sms.refused_media and not sms.media and not sms.text.strip():
        say(contact_point, "media_refused", cause=f"refused:{sms.sid}")
        return
    take_in(
        contact_point=contact_point,
        incoming=Incoming(
            external_id=_own_id(sms),
            text=sms.text,
            choice=choice_meant(sms.text, offered_choices(contact_point=contact_point)),
            attachments=sms.media,
            location=location_in_text(sms.text),
        ),
    )


def _obey(contact_point: ContactPoint, sms: SmsIn, word: Keyword) -> None:
    # STOP is heard from everybody, at any speed.
    if word is not Keyword.STOP and is_silenced(
        channel="sms", contact_point=contact_point, flood=FLOOD
    ):
        return
    locale = "en" if is_english(sms.text) else contact_point.locale
    _OBEYED[word](
        contact_point=contact_point,
        external_id=_own_id(sms),
        text=sms.text,
        reply=localised("kit", _ANSWERS[word], locale),
    )


def _own_id(sms: SmsIn) -> str:
    return f"twilio:{sms.sid}"
