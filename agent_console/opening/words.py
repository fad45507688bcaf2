"""The hours in words: what is read on pages, said by a voice and by the assistant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from typing import Literal

from django.utils import translation
from django.utils.formats import date_format

from agent_console.french_days import on_the_wall

from .hours import MIDNIGHT, DeskHours, Span

Locale = Literal["fr", "en"]
_NBSP = "\u00a0"
_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@dataclass(frozen=True)
class WeekLine:
    """``du lundi au vendredi``, ``de 8 h à 18 h``."""

    days: str
    hours: str


def week_lines(hours: DeskHours, locale: Locale = "fr") -> list[WeekLine]:
    """One line for each run of weekdays with the same hours, those without any left out."""
    runs = groupby(enumerate(hours.week[:7]), key=lambda day: day[1])
    return [
        WeekLine(_days([number for number, _ in days], locale), span_words(span, locale))
        for span, days in runs
        if span is not None
    ]


def week_words(hours: DeskHours, locale: Locale = "fr") -> str:
    """``du lundi au vendredi de 8 h à 18 h, le samedi de 9 h à midi``; empty: never."""
    if hours.week[:7] and all(span is not None and span.is_all_day for span in hours.week[:7]):
        return "tous les jours, jour et nuit" if locale == "fr" else "every day, day and night"
    return ", ".join(f"{line.days} {line.hours}" for line in week_lines(hours, locale))


def span_words(span: Span | None, locale: Locale = "fr") -> str:
    """``de 8 h à 18 h``."""
    if span is None:
        return "fermé" if locale == "fr" else "closed"
    if span.is_all_day:
        return "jour et nuit" if locale == "fr" else "day and night"
    opens, closes = clock(span.opens, locale), clock(span.closes, locale)
    if locale == "fr":
        return f"de {opens} à {closes}"
    return f"from {opens} to {closes}"


def moment_words(at: datetime, locale: Locale = "fr") -> str:
    """``lundi 30 novembre à 8 h``."""
    wall = on_the_wall(at)
    with translation.override(locale):
        day = date_format(wall, "l j F")
    if locale == "fr":
        return f"{day.replace(' 1 ', ' 1er ')} à {clock(wall.time(), locale)}"
    return f"{day} at {clock(wall.time(), locale)}"


def clock(at: time, locale: Locale = "fr") -> str:
    """``8 h``, ``8 h 30``, ``minuit``."""
    if locale == "en":
        return "midnight" if at == MIDNIGHT else f"{at.hour}:{at.minute:02}"
    if at == MIDNIGHT:
        return "minuit"
    return f"{at.hour}{_NBSP}h" + (f"{_NBSP}{at.minute:02}" if at.minute else "")


def _days(numbers: Sequence[int], locale: Locale) -> str:
    names = _DAYS[locale]
    first, last = names[numbers[0]], names[numbers[-1]]
    if len(numbers) == 1:
        return f"le {first}" if locale == "fr" else first
    return f"du {first} au {last}" if locale == "fr" else f"{first} to {last}"
