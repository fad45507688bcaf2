"""A message of ours as Telegram's: plain text, an inline keyboard for choices.

No ``parse_mode``: people's own words stand in our replies, and none of them may become markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from agent_console.conversations.models import Message
from channels_config.kit.capabilities import CAPABILITIES

_CHARACTERS_MAX = CAPABILITIES["telegram"].characters_max or 0
_CAPTION_MAX = 1024  # UTF-16 units, https://core.telegram.org/bots/api#sendphoto
_SHORT = 18  # signs of a title of which two stand side by side on a phone
NO_CHOICE = "-"  # the data of a button that only shows what was chosen


def texts(message: Message) -> list[str]:
    """The texts to send, in order; each within Telegram's limit, counted in UTF-16 units."""
    parts, rest = [], message.text
    while _units(rest) > _CHARACTERS_MAX:
        head = _head(rest)
        cut = max(head.rfind("\n"), head.rfind(" "))
        cut = cut if cut > len(head) // 2 else len(head)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest]


def caption_of(message: Message) -> str | None:
    """The text that stands under a picture; ``None`` when it is too long for that."""
    return message.text if _units(message.text) <= _CAPTION_MAX else None


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """The choices of a message; their data name the message and the place, not the payload, which
    may be longer than Telegram's 64 bytes."""
    buttons = [
        InlineKeyboardButton(button["title"], callback_data=f"c:{message.seq}:{place}")
        for place, button in enumerate(message.buttons)
    ]
    return InlineKeyboardMarkup(_rows(message.buttons, buttons)) if buttons else None


def keyboard_chosen(title: str) -> InlineKeyboardMarkup:
    """What stands in the place of the choices once one was made."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(f"✓ {title}", callback_data=NO_CHOICE)]])


def _rows(
    given: Sequence[Mapping[str, str]], buttons: Sequence[InlineKeyboardButton]
) -> list[list[InlineKeyboardButton]]:
    if all(len(button["title"]) <= _SHORT for button in given):
        return [list(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    return [[button] for button in buttons]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _head(text: str) -> str:
    """The longest beginning within the limit; a pair of surrogates is not cut."""
    return text.encode("utf-16-le")[: 2 * _CHARACTERS_MAX].decode("utf-16-le", "ignore")
