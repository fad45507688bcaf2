"""From a provider's verified message to the hub: floods dropped, refusals said, blocked silent."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from agent_console.citizens.models import ContactPoint
from agent_console.conversations.errors import InvalidText
from agent_console.conversations.receiving import Incoming, conversation_say, receive
from agent_console.conversations.selectors import sender_is_blocked
from service_kit.logs import get_logger

from .rates import Rate

logger = get_logger(__name__)
_TOLD_EVERY_S = 600


@dataclass(frozen=True)
class Flood:
    """How much one sender may say: above it nothing is kept, and they are told so now and then."""

    channel: str
    rates: Sequence[Rate]

    def passes(self, sender: bytes) -> bool:
        """True when a message of the contact with this digest may be taken in."""
        # Every rate counts it, also when one is exceeded.
        taken = [rate.take(sender.hex()) for rate in self.rates]
        return all(taken)


def is_silenced(*, channel: str, contact_point: ContactPoint, flood: Flood) -> bool:
    """Whether what comes from this sender now is neither kept nor answered."""
    if sender_is_blocked(contact_point=contact_point):
        logger.info("sender is blocked", extra={"channel": channel, "code": "sender_blocked"})
        return True
    if flood.passes(bytes(contact_point.key_digest)):
        return False
    flood_told(contact_point, channel=channel)
    return True


def flood_told(contact_point: ContactPoint, *, channel: str) -> None:
    """Say so to a sender whose message was dropped, now and then; a blocked one hears nothing."""
    logger.warning("sender floods", extra={"channel": channel, "code": "sender_floods"})
    window = int(time.time() // _TOLD_EVERY_S)
    say(contact_point, "flood", cause=f"flood:{contact_point.pk}:{window}")


def take_in(*, contact_point: ContactPoint, incoming: Incoming) -> None:
    """Hand a message to the hub; what can't be read is said to its sender, once."""
    try:
        receive(contact_point=contact_point, incoming=incoming)
    except InvalidText as refused:
        logger.info("message refused", extra={"code": refused.code})
        if refused.code != "text_empty":
            digest = hashlib.sha256(incoming.external_id.encode()).hexdigest()[:32]
            say(contact_point, refused.code, cause=f"refused:{digest}")


def say(contact_point: ContactPoint, name: str, *, cause: str) -> None:
    """Tell the sender one of the texts that every channel says, once per ``cause``."""
    conversation_say(contact_point=contact_point, cause=cause, text=text(name, contact_point))


def text(name: str, contact_point: ContactPoint) -> str:
    """``kit/<name>.<locale>.txt`` in the contact's language."""
    return localised("kit", name, contact_point.locale)


def localised(folder: str, name: str, locale: str, **context: object) -> str:
    """A text of ``folder`` in French unless English is asked for."""
    language = "en" if locale.startswith("en") else "fr"
    return render_to_string(f"{folder}/{name}.{language}.txt", context).strip()
