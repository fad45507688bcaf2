"""Names of days, months and feasts, and the periods that they mean."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from bot.entities.clock import Hours, part_hours
from bot.entities.words import number_of

WEEKDAYS = {
    name: number
    for number, name in enumerate(
        ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    )
}
LONG_MONTHS = "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
MONTHS = {name: number for number, name in enumerate(LONG_MONTHS.split("|"), start=1)}
MONTHS |= {"janv": 1, "fev": 2, "fevr": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10}
MONTHS |= {"nov": 11, "dec": 12}

FEASTS = (
    "noel",
    "toussaint",
    "paques",
    "ascension",
    "pentecote",
    "lundi de paques",
    "jour de l'an",
    "nouvel an",
    "fete du travail",
    "assomption",
    "armistice",
    "saint-sylvestre",
    "reveillon",
)
_FIXED = {
    "noel": (12, 25),
    "toussaint": (11, 1),
    "jour de l'an": (1, 1),
    "nouvel an": (1, 1),
    "fete du travail": (5, 1),
    "assomption": (8, 15),
    "armistice": (11, 11),
    "saint-sylvestre": (12, 31),
    "reveillon": (12, 31),
}
_AFTER_EASTER = {"paques": 0, "lundi de paques": 1, "ascension": 39, "pentecote": 49}
TIMES_OF_TODAY = (
    r"ce matin|cet(?:te)? (?:apres[- ]?midi|aprem)|cet(?:te)? nuit|ce soir|ce midi"
    r"|la nuit (?:derniere|passee)|tout a l'heure|tantot"
)


@dataclass(frozen=True)
class Period:
    """Local days, both inclusive, with hours when the words gave some."""

    first: date
    last: date
    hours: Hours | None = None


def full_year(said: str | None) -> int | None:
    """``26`` and ``2026`` as a year."""
    if not said:
        return None
    return int(said) if len(said) == 4 else 2000 + int(said)


def weekday_after(day: date, weekday: int) -> date:
    """The next such weekday, never the same day."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def weekday_before(day: date, weekday: int) -> date:
    """The last such weekday, never the same day."""
    return day - timedelta(days=(day.weekday() - weekday - 1) % 7 + 1)


def month_of(day: date, shift: int) -> Period:
    """The whole month of ``day``, ``shift`` months later."""
    first = day.replace(day=1) + relativedelta(months=shift)
    return Period(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def day_shift(said: str) -> int:
    """Days between today and "demain", "avant-hier"…"""
    if said.startswith("apres"):
        return 2
    if said.startswith("avant"):
        return -2
    return {"demain": 1, "hier": -1}.get(said, 0)


def counted(now: datetime, said: str, unit: str, sign: int) -> Period | None:
    """``n`` units from ``now``. "Huit jours" is a week and "quinze jours" two, as people mean."""
    if said == "plusieurs":
        return None
    number = {"quelques": 3, "une dizaine de": 10, "une quinzaine de": 15}.get(said) or number_of(
        said
    )
    if number is None or number > 400:
        return None
    if unit.startswith(("h", "min")):
        delta = timedelta(hours=number) if unit.startswith("h") else timedelta(minutes=number)
        moment = now + sign * delta
        clock = moment.strftime("%H:%M")
        return Period(moment.date(), moment.date(), Hours(clock, clock))
    if unit.startswith("jour"):
        number = {8: 7, 15: 14}.get(number, number)
        day = now.date() + timedelta(days=sign * number)
    elif unit.startswith("sem"):
        day = now.date() + timedelta(weeks=sign * number)
    elif unit == "mois":
        day = now.date() + relativedelta(months=sign * number)
    else:
        day = now.date() + relativedelta(years=sign * number)
    return Period(day, day)


def unit_period(unit: str, today: date, shift: int) -> Period:
    """This, the next (1) or the last (-1) week, week-end, month or year."""
    monday = today - timedelta(days=today.weekday())
    if unit == "mois":
        return month_of(today, shift)
    if unit.startswith("an"):
        year = today.year + shift
        return Period(date(year, 1, 1), date(year, 12, 31))
    if unit.endswith(("weekend", "week-end")):
        # On Tuesday "le week-end prochain" is the coming one, on Saturday the one after.
        if shift > 0 and today.weekday() < 5:
            shift = 0
        saturday = monday + timedelta(days=5 + 7 * shift)
        return Period(saturday, saturday + timedelta(days=1))
    if unit == "journee":
        return Period(today, today)
    first = monday + timedelta(weeks=shift)
    return Period(first, first + timedelta(days=6))


def part_of(period: Period, part: str) -> Period:
    """The beginning, middle or end of a period: thirds, and for a week two days."""
    days = (period.last - period.first).days + 1
    length = 2 if days == 7 else days // 3
    if days == 7 and part == "fin":  # "en fin de semaine": Thursday to Saturday
        return Period(period.first + timedelta(days=3), period.first + timedelta(days=5))
    if part == "debut":
        return Period(period.first, period.first + timedelta(days=length - 1))
    if part == "fin":
        return Period(period.last - timedelta(days=length - 1), period.last)
    if part in ("mi", "milieu"):
        start = period.first + timedelta(days=(days - length) // 2)
        return Period(start, start + timedelta(days=length - 1))
    return period


def feast(said: str, today: date, backward: bool) -> date:
    """The next such feast, the last one when told backwards."""
    for year in (today.year - 1, today.year, today.year + 1):
        if said in _FIXED:
            day = date(year, *_FIXED[said])
        else:
            day = easter(year) + timedelta(days=_AFTER_EASTER[said])
        following = day.replace(year=year + 1) if said in _FIXED else None
        if backward and day <= today and (following is None or following > today):
            return day
        if not backward and day >= today:
            return day
    raise ValueError(said)


def time_of_today(said: str) -> tuple[int, Hours | None]:
    """Days from today and hours of "ce soir", "la nuit dernière"…"""
    if "derniere" in said or "passee" in said:
        return -1, part_hours("nuit")
    if said in ("tout a l'heure", "tantot"):
        return 0, None
    return 0, part_hours(said.split(" ", 1)[1])
