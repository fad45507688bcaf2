"""A message of ours as it is said: nothing to read, numbers sign by sign, dates in words.

What the assistant says was made so already (``bot/hub/render.py``); doing it again changes nothing,
and what operators and notices say comes as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import phonenumbers
from django.utils.formats import date_format

from agent_console.french_days import on_the_wall
from channels_config.kit.capabilities import CAPABILITIES

from .limits import CHOICES_MAX

_SPACES = re.compile("[\u00a0\u202f\u2009\u2007\\s]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_REFERENCE = re.compile(r"\b\d{3}(?:-\d{3})+\b")
_CODE = re.compile(r"\b(?=[A-Z0-9-]*\d)[A-Z0-9]{4}(?:-[A-Z0-9]{4})+\b")
_ONE_TIME_CODE = re.compile(r"\b\d{6}\b")
_TELEPHONE = re.compile(
    r"(?<![\d,] )\b0\d(?: ?\d{2}){4}\b|\b0 800(?: \d{2}){3}\b|\+33[ \d]{9,13}\d"
)
_SHORT = re.compile(r"\b(?:112|114|115|119|3114|3919)\b")
_DAY = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_HOUR = re.compile(r"\b(\d{1,2}) ?(?::|h) ?(\d{2})\b")
_LONE_HOUR = re.compile(r"(?<=\d)\s*h\b")
_QUOTES = re.compile(r"[«“”\"]\s?|\s?»")
_CHARS_MAX = CAPABILITIES["voice"].characters_max or 0


def spoken(text: str) -> str:
    """``text`` for a voice; sentences that hold an address to click are left out.

    >>> spoken("Référence : 123-456-789, le 05/12/2026 à 14:30. Voir https://a.fr/x")
    'Référence : 1 2 3, 4 5 6, 7 8 9, le 5 décembre 2026 à 14 heures 30.'
    """
    text = _SPACES.sub(" ", text)
    if _LINK.search(text):
        text = " ".join(one for one in _SENTENCE.split(text) if not _LINK.search(one))
    text = _ISO_DAY.sub(lambda found: _day(found[3], found[2], found[1], found[0]), text)
    text = _DAY.sub(lambda found: _day(found[1], found[2], found[3], found[0]), text)
    text = _HOUR.sub(_hour, text)
    text = _TELEPHONE.sub(lambda found: spoken_phone(found[0]), text)
    text = _REFERENCE.sub(lambda found: _sign_by_sign(found[0]), text)
    text = _CODE.sub(lambda found: _sign_by_sign(found[0]), text)
    text = _ONE_TIME_CODE.sub(lambda found: ", ".join(found[0]), text)
    text = _SHORT.sub(lambda found: f"{found[0][:-2]} {found[0][-2:]}", text)
    return _bounded(_QUOTES.sub("", text.replace("n°", "numéro")).strip())


def spoken_choices(buttons: Sequence[Mapping[str, str]]) -> str:
    """What may be answered, each with its key: words and keys mean the same."""
    kept = buttons[:CHOICES_MAX]
    said = [f"Pour {spoken(one['title'])}, tapez {key}." for key, one in enumerate(kept, start=1)]
    return " ".join(said)


def spoken_phone(number: str) -> str:
    """A number in pairs, as French people say them.

    >>> spoken_phone("+33612345678")
    '06, 12, 34, 56, 78'
    """
    try:
        parsed = phonenumbers.parse(number, "FR")
    except phonenumbers.NumberParseException:
        return number
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return ", ".join(_SPACES.sub(" ", national).split(" "))


def spoken_moment(at: datetime) -> str:
    """``lundi 30 novembre à 8 heures``."""
    wall = on_the_wall(at)
    minutes = f" {wall.minute:02d}" if wall.minute else ""
    return f"{date_format(wall, 'l j F')} à {wall.hour} heures{minutes}"


def spoken_hours(text: str) -> str:
    """``de 8 h 30 à 18 h`` as it is said: a voice reads a lone h as a letter.

    >>> spoken_hours("de 8\u00a0h\u00a030 à 18\u00a0h")
    'de 8 heures 30 à 18 heures'
    """
    return _SPACES.sub(" ", _LONE_HOUR.sub(" heures", text))


def _day(day: str, month: str, year: str, otherwise: str) -> str:
    try:
        return date_format(date(int(year), int(month), int(day)), "j F Y")
    except ValueError:
        return otherwise


def _hour(found: re.Match[str]) -> str:
    hour, minutes = int(found[1]), int(found[2])
    if hour > 24 or minutes > 59:
        return found[0]
    return f"{hour} heures {minutes:02d}" if minutes else f"{hour} heures"


def _sign_by_sign(code: str) -> str:
    return ", ".join(" ".join(group) for group in code.split("-"))


def _bounded(text: str) -> str:
    """Whole sentences, as many as one Say holds."""
    if len(text) <= _CHARS_MAX:
        return text
    kept = ""
    for sentence in _SENTENCE.split(text):
        if len(kept) + len(sentence) + 1 > _CHARS_MAX:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or text[:_CHARS_MAX]
