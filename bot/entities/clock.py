"""Hours and parts of the day, as they follow a date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.entities.words import NUMBER_WORDS, number_of

# What a part of the day covers, local time, as service counters understand it.
PARTS = {
    "matin": ("06:00", "12:00"),
    "matinee": ("06:00", "12:00"),
    "midi": ("12:00", "14:00"),
    "apres-midi": ("12:00", "18:00"),
    "soir": ("18:00", "22:00"),
    "soiree": ("18:00", "22:00"),
    "nuit": ("22:00", "06:00"),
}
_PART = (
    r"(?:debut|fin|milieu)?(?: d'| de | de la )?"
    r"(?:apres[- ]?midi|aprem|matin(?:ee)?|soir(?:ee)?|nuit)"
)
_HOUR = (
    rf"(?:\d{{1,2}} ?(?:h|heures?|:) ?(?:[0-5]\d|et demie?|et quart|moins le quart)?"
    rf"|(?:{NUMBER_WORDS}) heures?(?: (?:et demie?|et quart|moins le quart|{NUMBER_WORDS}))?"
    rf"|midi|minuit)"
)
TIME = re.compile(
    rf"(?:entre|de) (?P<h1>{_HOUR}) (?:et|a) (?P<h2>{_HOUR})"
    rf"|(?:le |la |l'|au )?(?P<part>{_PART})\b(?:,? (?:a |vers )?(?P<in_part>{_HOUR}))?"
    rf"|(?P<hour>{_HOUR})(?: du (?P<of>matin|soir)| de l'apres[- ]midi)?"
)


@dataclass(frozen=True)
class Hours:
    """``HH:MM``; ``last`` equals ``first`` for a moment."""

    first: str
    last: str


def read_time(match: re.Match[str]) -> Hours | None:
    """What a match of ``TIME`` means, None for an impossible hour."""
    groups = match.groupdict()
    if groups["h1"]:
        first, last = _hour(groups["h1"]), _hour(groups["h2"])
        return Hours(first, last) if first and last else None
    hour = groups["hour"] or groups["in_part"]
    if (hour and hour not in ("midi",)) or groups["hour"]:
        clock = _hour(hour)
        evening = groups["of"] == "soir" or (groups["part"] or "").endswith(("soir", "midi"))
        afternoon = "de l'apres" in match[0]
        if clock and (evening or afternoon) and int(clock[:2]) < 12:
            clock = f"{int(clock[:2]) + 12:02d}{clock[2:]}"
        return Hours(clock, clock) if clock else None
    return part_hours(groups["part"])


def part_hours(said: str) -> Hours:
    """The hours of "matin", "début d'après-midi"…"""
    name = next(
        (key for key in PARTS if said.replace(" ", "-").endswith(key.replace(" ", "-"))),
        "apres-midi",
    )
    if name == "midi" and "apres" in said:
        name = "apres-midi"
    first, last = PARTS[name]
    start, end = int(first[:2]), int(last[:2])
    if said.startswith("debut"):
        last = f"{start + (end - start) // 2:02d}:00"
    elif said.startswith("fin"):
        first = f"{start + (end - start) // 2:02d}:00"
    return Hours(first, last)


def _hour(said: str) -> str | None:
    if said == "midi":
        return "12:00"
    if said == "minuit":
        return "00:00"
    match = re.fullmatch(r"(.+?) ?(?:heures?|h|:) ?(.*)", said)
    if match is None:
        return None
    hour, rest = number_of(match[1]), match[2].strip()
    minutes = {"": 0, "et demi": 30, "et demie": 30, "et quart": 15, "moins le quart": -15}.get(
        rest
    )
    if minutes is None:
        minutes = number_of(rest)
    if hour is None or minutes is None or not 0 <= hour <= 24:
        return None
    total = (hour * 60 + minutes) % (24 * 60)
    return f"{total // 60:02d}:{total % 60:02d}"
