"""Words that are obeyed before anything else reads them, in French and English.

CNIL and Arcep ask for STOP in French messages; Twilio's own list is English only.  The whole
message must be the word: "stop" in a sentence is a sentence.
"""

from __future__ import annotations

from enum import StrEnum

from channels_config.kit.words import folded


class Keyword(StrEnum):
    """What a keyword asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


_FRENCH = {
    "stop": Keyword.STOP,
    "stop sms": Keyword.STOP,
    "arret": Keyword.STOP,
    "arreter": Keyword.STOP,
    "arretez": Keyword.STOP,
    "desabonner": Keyword.STOP,
    "desinscription": Keyword.STOP,
    "start": Keyword.START,
    "reprendre": Keyword.START,
    "reprise": Keyword.START,
    "aide": Keyword.HELP,
    "info": Keyword.HELP,
}
_ENGLISH = {
    "stopall": Keyword.STOP,
    "unsubscribe": Keyword.STOP,
    "quit": Keyword.STOP,
    "end": Keyword.STOP,
    "optout": Keyword.STOP,
    "unstop": Keyword.START,
    "help": Keyword.HELP,
}


def keyword(text: str) -> Keyword | None:
    """The keyword that ``text`` is, whatever its capitals, accents and punctuation."""
    said = folded(text)
    return _FRENCH.get(said) or _ENGLISH.get(said)


def is_english(text: str) -> bool:
    """Whether the word is one that only English has: it is answered in English."""
    return folded(text) in _ENGLISH
