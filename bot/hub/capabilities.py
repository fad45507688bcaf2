"""What each channel can carry, as data: the hub and the actions ask here, never by name.

Choices stay structured data in every answer; the channel draws them (buttons, numbers, keys).
``numbered``: people answer a choice by its place, and 0 asks for a person.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Capabilities:
    """``characters_max``: of one reply, choices not counted; None where nothing bounds it.

    ``greeted``: the channel itself has introduced the assistant before the first turn.
    """

    buttons: bool = False
    numbered: bool = False
    links: bool = True
    photos: bool = False
    gsm7: bool = False
    spoken: bool = False
    greeted: bool = False
    choices_max: int = 10
    characters_max: int | None = None


# Three segments of 153 characters (GSM 03.38 with a concatenation header).
SMS_CHARACTERS_MAX = 3 * 153

CAPABILITIES = {
    "web": Capabilities(buttons=True, photos=True),
    "telegram": Capabilities(buttons=True, photos=True),
    "sms": Capabilities(numbered=True, gsm7=True, choices_max=5, characters_max=SMS_CHARACTERS_MAX),
    "voice": Capabilities(numbered=True, links=False, spoken=True, greeted=True, choices_max=4),
    "phone": Capabilities(links=False, spoken=True),
    "email": Capabilities(photos=True),
}


def capabilities_of(channel: str) -> Capabilities:
    """Those of ``channel``; an unknown one is given the least."""
    return CAPABILITIES.get(channel, Capabilities(links=False))
