"""What each channel can carry, as data: renderers ask here, never by a channel's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Choices = Literal["chips", "keyboard", "numbered", "spoken", "none"]
Markup = Literal["plain", "none"]


@dataclass(frozen=True)
class Capabilities:
    """``characters_max``: of one message as the provider counts them; ``None``: nothing bounds it.

    ``choices``: how proposed answers are drawn.  ``media_in``, ``location_in``: whether pictures
    and positions can come from there, ``media_out``: whether pictures can be sent there.
    ``markup``: what a text may hold beside words; nothing of ours does, so that nobody's words are
    ever read as markup.
    """

    choices: Choices
    characters_max: int | None
    media_in: bool = False
    location_in: bool = False
    media_out: bool = False
    delivery_known: bool = False
    read_known: bool = False
    markup: Markup = "plain"


CAPABILITIES: Mapping[str, Capabilities] = {
    "web": Capabilities(
        choices="chips",
        characters_max=None,
        media_in=True,
        location_in=True,
        media_out=True,
        delivery_known=True,
    ),
    "sms": Capabilities(
        choices="numbered",
        characters_max=1600,
        media_in=True,  # abroad; to French numbers none can be sent
        location_in=True,  # a link of a map
        delivery_known=True,
    ),
    "telegram": Capabilities(
        choices="keyboard",
        characters_max=4096,
        media_in=True,
        location_in=True,
        media_out=True,
    ),
    "voice": Capabilities(
        choices="spoken",
        characters_max=3000,  # of one Say with a neural voice
        delivery_known=True,
        markup="none",
    ),
}
