"""Opening hours: the OSM ``opening_hours`` syntax read on the clock of Paris, said in French.

Syntax: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification .  ``PH`` stands for
the public holidays of France.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from opening_hours import OpeningHours, State, validate

PARIS = ZoneInfo("Europe/Paris")
CHARS_MAX = 255
_NBSP = "\u00a0"
_COUNTRY = "FR"
_HORIZON_DAYS = 366  # a change further away is none
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


class HoursInvalid(ValueError):
    """Not in the OSM syntax."""


class OpenState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class OpeningNow:
    """Whether a place is open, until when (aware, Europe/Paris; ``None``: for good), in words."""

    state: OpenState
    until: datetime | None
    text: str


@dataclass(frozen=True)
class OpeningDay:
    """One day of the coming week: ``lundi 4 mai``, ``9 h – 12 h, 14 h – 18 h``."""

    label: str
    hours: str


@lru_cache(maxsize=4096)
def hours_parse(expression: str) -> OpeningHours:
    """Raises ``HoursInvalid``."""
    if len(expression) > CHARS_MAX or not validate(expression):
        raise HoursInvalid(expression)
    return OpeningHours(
        expression, timezone=PARIS, country=_COUNTRY, max_interval_days=_HORIZON_DAYS
    )


def opening_now(expression: str, *, at: datetime) -> OpeningNow:
    """What to tell somebody who asks at ``at`` (aware)."""
    if not expression:
        return OpeningNow(OpenState.UNKNOWN, None, "Horaires non communiqués")
    here = at.astimezone(PARIS)
    hours = hours_parse(expression)
    state = _STATES[hours.state(here)[0]]
    if state is OpenState.UNKNOWN:
        return OpeningNow(state, None, "Horaires à vérifier sur place")
    until = _state_ends(hours, here)
    return OpeningNow(state, until, _text(state, until, here))


def week_from(expression: str, *, at: datetime) -> list[OpeningDay]:
    """The seven days from ``at`` on, public holidays and clock changes included."""
    if not expression:
        return []
    hours = hours_parse(expression)
    first = at.astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    days = []
    for number in range(7):
        # Midnights are made from the naive day: a day may last 23 or 25 hours.
        start = (first + timedelta(days=number)).replace(tzinfo=PARIS)
        end = (first + timedelta(days=number + 1)).replace(tzinfo=PARIS)
        opened = [
            (begin, finish)
            for begin, finish, state, _ in hours.intervals(start, end)
            if state == State.OPEN
        ]
        if opened == [(start, end)]:
            words = f"24{_NBSP}h/24"
        else:
            words = ", ".join(f"{_clock(begin)} – {_end(finish, end)}" for begin, finish in opened)
        days.append(OpeningDay(_date(start), words or "fermé"))
    return days


def _state_ends(hours: OpeningHours, at: datetime) -> datetime | None:
    """When open becomes closed or the reverse; a comment that changes is no change."""
    first, _ = hours.state(at)
    moment = hours.next_change(at)
    while moment is not None and moment - at < timedelta(days=_HORIZON_DAYS):
        if hours.state(moment)[0] != first:
            return moment.astimezone(PARIS)
        moment = hours.next_change(moment)
    return None


def _text(state: OpenState, until: datetime | None, at: datetime) -> str:
    if state is OpenState.OPEN:
        return f"Ouvert, ferme {_moment(until, at)}" if until else "Ouvert en permanence"
    return f"Fermé, ouvre {_moment(until, at)}" if until else "Fermé"


def _moment(then: datetime, at: datetime) -> str:
    days = (then.date() - at.date()).days
    if days == 0:
        return f"à {_clock(then)}"
    if days == 1:
        return "à minuit" if _is_midnight(then) else f"demain à {_clock(then)}"
    if days < 7:
        return f"{_DAYS[then.weekday()]} à {_clock(then)}"
    year = "" if then.year == at.year else f" {then.year}"
    return f"le {_day_month(then)}{year} à {_clock(then)}"


def _clock(moment: datetime) -> str:
    if _is_midnight(moment):
        return "minuit"
    return f"{moment.hour}{_NBSP}h" + (f"{_NBSP}{moment.minute:02}" if moment.minute else "")


def _end(finish: datetime, day_end: datetime) -> str:
    return "minuit" if finish == day_end else _clock(finish)


def _is_midnight(moment: datetime) -> bool:
    return moment.hour == 0 and moment.minute == 0


def _date(day: datetime) -> str:
    return f"{_DAYS[day.weekday()]} {_day_month(day)}"


def _day_month(day: datetime) -> str:
    return f"{'1er' if day.day == 1 else day.day} {date_format(day, 'F')}"


_STATES = {
    State.OPEN: OpenState.OPEN,
    State.CLOSED: OpenState.CLOSED,
    State.UNKNOWN: OpenState.UNKNOWN,
}
