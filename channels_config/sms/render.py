"""A message of ours as an SMS: plain signs, numbered choices, parts that Twilio takes.

The signs that double the price without saying more (typographic quotes, dashes, spaces) become
those that every telephone has; accents stay, since a word without them is another word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.template.loader import render_to_string

from agent_console.conversations.models import Author, Message
from channels_config.kit.capabilities import CAPABILITIES

from .config import Sender

_CHARACTERS_MAX = CAPABILITIES["sms"].characters_max or 0
_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "•": "-",
        "…": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u200b": "",
        "\ufeff": "",
        "\t": " ",
    }
)


def plain(text: str) -> str:
    """``text`` in signs that cost no more than they say; « and » with their spaces become quotes.

    >>> plain("l’avis « rue »…")
    'l\\'avis "rue"...'
    """
    text = text.translate(_PLAIN)
    return text.replace("« ", '"').replace(" »", '"').replace("«", '"').replace("»", '"')


def render(message: Message, *, sender: Sender) -> list[str]:
    """The bodies to send for ``message``, in order; almost always one.

    Who reads a sender that can't be answered gets no numbered choices, and with every notice
    another way to say that they want no more of them.
    """
    text = plain(message.text)
    if sender.is_two_way:
        text = "\n".join([text, *_numbered(message.buttons)])
    elif message.author == Author.SYSTEM:
        text = f"{text}\n{render_to_string('sms/opt_out_elsewhere.txt').strip()}"
    return list(_parts(text))


def _numbered(buttons: Sequence[Mapping[str, str]]) -> list[str]:
    return [f"{number} {plain(button['title'])}" for number, button in enumerate(buttons, start=1)]


def _parts(text: str) -> list[str]:
    """``text`` in parts of at most the provider's limit, cut between words where there are any."""
    parts = []
    while len(text) > _CHARACTERS_MAX:
        head = text[:_CHARACTERS_MAX]
        cut = max(head.rfind("\n"), head.rfind(" "))
        cut = cut if cut > _CHARACTERS_MAX // 2 else _CHARACTERS_MAX
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]
