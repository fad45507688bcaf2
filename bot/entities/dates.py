"""French dates as people say them: "mardi en huit", "le 2 mars vers 5 h", "dans quinze jours".

``find_dates`` gives the spans and what they mean on the day ``now``::

    {"from": "2026-03-17", "to": "2026-03-17", "time_from": "08:00", "time_to": "12:00"}

``from`` and ``to`` are inclusive local days; the times are None when no hour was said. A bare
weekday is the next one, or the last one after "depuis", "dernier" and the like. The libraries that
were compared, and their scores on the same list, are in docs/assistant.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.entities import calendar_words as words
from bot.entities.calendar_words import MONTHS, WEEKDAYS, Period
from bot.entities.clock import TIME, Hours, read_time
from bot.entities.words import NUMBER_WORDS, fold, number_of

_WD = "|".join(WEEKDAYS)
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = rf"(?:1er|premier|3[01]|[12]\d|0?[1-9]|{NUMBER_WORDS})"
_N = rf"(?:\d{{1,3}}|{NUMBER_WORDS}|quelques|une dizaine de|une quinzaine de)"
_UNIT = r"jours?|semaines?|mois|ans?|annees?|heures?|h|minutes?|min"
_NEXT = r"prochaine?s?|qui vient|a venir|suivante?|d'apres"
_LAST = r"derniere?s?|passee?s?|d'avant|precedente?|ecoulee?"

# Each rule: a name that ``_RULES`` explains, and its pattern. The longest match wins.
_PATTERNS: dict[str, str] = {
    "iso": r"(?P<y>20\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d)",
    "numeric": r"(?:le )?(?P<d>[0-3]?\d)[/.](?P<m>[01]?\d)(?:[/.](?P<y>(?:20)?\d\d))?(?![\d/])",
    "numeric_dash": r"(?:le )?(?P<d>[0-3]?\d)-(?P<m>[01]?\d)-(?P<y>(?:20)?\d\d)(?!\d)",
    "day_month": (
        rf"(?:(?:le )?(?P<w>{_WD}),? )?(?:(?:le|du|au) )?(?P<d>{_DAY})(?: et (?P<d2>{_DAY}))?"
        rf" (?P<month>{_MONTH})\b\.?(?: (?P<y>20\d\d))?"
    ),
    "day_range": (
        rf"(?:du|entre le) (?P<d>{_DAY})(?: (?P<m1>{_MONTH}))? (?:au|et le) (?P<d2>{_DAY})"
        rf" (?P<month>{_MONTH})\b(?: (?P<y>20\d\d))?"
    ),
    "weekday_in_weeks": rf"(?:le |ce )?(?P<w>{_WD}) en (?P<weeks>huit|8|quinze|15)\b",
    "weekday": (
        rf"(?:(?:le|ce) )?(?P<w>{_WD})(?: (?P<dir>{_NEXT}|{_LAST}|de (?:la )?semaine prochaine"
        rf"|de la semaine (?:prochaine|d'apres|derniere|passee)|de cette semaine))?\b"
    ),
    "weekday_day": (
        rf"(?:le )?(?P<w>{_WD}) (?P<d>1er|3[01]|[12]\d|0?[1-9])(?! ?(?:h|heures|:)|\d)\b"
    ),
    "weekday_range": rf"(?:du|entre|de) (?P<w>{_WD}) (?:au|et|a) (?P<w2>{_WD})\b",
    "weekdays_both": rf"(?P<w>{_WD}) (?:ou|et) (?P<w2>{_WD})\b",
    "day_of_month": (
        rf"(?:le|du|au) (?P<d>1er|3[01]|[12]\d|[1-9]|{NUMBER_WORDS})"
        r"(?: (?P<month>du mois(?: prochain)?|prochain))?\b(?!,? (?:bis |ter )?"
        r"(?:rue|av|bd|bld|pl|ch|imp|all|cours|quai|r|rte|trav|square|chem)\w*\b)"
    ),
    "relative_day": r"(?:d')?(?P<day>aujourd'? ?hui|ajd|apres[- ]demain|demain|avant[- ]hier|hier"
    r"|ce jour)\b",
    "in_n": rf"(?:dans|d'ici|sous) (?P<n>{_N})(?: a (?P<n2>{_N}))? ?(?P<unit>{_UNIT})\b",
    "ago_n": rf"(?:il y a|ya|y a|voici|ca fait) (?P<n>{_N}) ?(?P<unit>{_UNIT})\b",
    "since_n": rf"(?<=depuis )(?P<n>{_N}|plusieurs) (?P<unit>{_UNIT})\b",
    "next_unit": rf"(?:la |le |l'|ce |cette |les )?(?P<unit>semaine|mois|annee|an|week-?end) "
    rf"(?P<dir>{_NEXT}|{_LAST})\b",
    "this_unit": r"(?:ce |cette )(?P<unit>semaine|mois|annee|week-?end)(?:-ci)?\b"
    r"|(?:dans la|en cours de) (?P<unit2>semaine|journee)\b"
    r"|(?P<unit3>le week-?end)\b",
    "part_of_unit": (
        r"(?:en |a la |au |vers )?(?:la |le )?(?P<part>debut|mi|milieu|fin|courant|cours)"
        r"(?:[ -](?:de |du |de la |d')?)(?P<unit>mois|semaine|annee)"
        r"(?: (?P<dir>prochaine?|derniere?|suivante?))?\b"
    ),
    "part_of_month": (
        rf"(?:en |a la |au |vers )?(?:la |le )?(?:(?P<part>debut|mi|milieu|fin|courant)[ -])"
        rf"(?:de |du mois de |d')?(?P<month>{_MONTH})\b\.?(?: (?P<y>20\d\d))?"
    ),
    "month": rf"(?:en |au mois de |au mois d'|(?<=de )|(?<=d')|(?<=depuis )|(?<=vers ))"
    rf"(?P<month>{words.LONG_MONTHS})\b(?: (?P<dir>prochain|dernier))?(?: (?P<y>20\d\d))?",
    "feast": rf"(?:a |le |la |l'|au )?(?P<feast>{'|'.join(words.FEASTS)})\b",
    "time_only": rf"(?:a |des |apres |avant |jusqu'a )?(?P<part>{words.TIMES_OF_TODAY})\b",
}
_RULES = [(name, re.compile(rf"(?<![\w'-]){body}")) for name, body in _PATTERNS.items()]
_LEADING = re.compile(r"(?:(?:du|au|entre|de|a|en|dans|vers|sous) |d')")
_BACKWARD = re.compile(r"(?:depuis|signale|signalee?s?|depuis le|declare|fait) ?(?:la |le |l')?$")
# Between a day and an hour people put little: "demain matin", "mardi, vers 14 h".
_GLUE = re.compile(r"(?:,? ?(?:dans |en |des |a |vers |avant |apres )?)")


@dataclass(frozen=True)
class DateSpan:
    """Where a date stands in the text and what it means."""

    start: int
    end: int
    value: dict[str, Any]


def find_dates(text: str, now: datetime) -> list[DateSpan]:
    """Every date in ``text``, left to right, without overlaps. ``now`` is local time."""
    folded = fold(text)
    matches = [
        (match, name) for name, rule in _RULES for match in rule.finditer(folded) if match[0]
    ]
    matches.sort(key=lambda found: (found[0].start(), -found[0].end()))
    found: list[DateSpan] = []
    reached = 0
    for match, name in matches:
        if match.start() < reached:
            continue
        span = _span(folded, match, name, now)
        if span is not None:
            found.append(span)
        # An impossible day hides its parts: of "le 31 février" no "le 31" is left over.
        reached = span.end if span else match.end()
    return found


def normalise_date(text: str, start: int, end: int, now: datetime) -> dict[str, Any] | None:
    """What the date at ``text[start:end]`` means, its neighbourhood considered; None: unknown."""
    best = None
    for span in find_dates(text, now):
        overlap = min(span.end, end) - max(span.start, start)
        if overlap > 0 and (best is None or overlap > best[0]):
            best = (overlap, span.value)
    if best is None and start:
        # "celui du 18" was tagged without its article.
        return normalise_date(f"le {text[start:end]}", 0, end - start + 3, now)
    return best[1] if best else None


def _span(folded: str, match: re.Match[str], name: str, now: datetime) -> DateSpan | None:
    backward = bool(_BACKWARD.search(folded[: match.start()]))
    try:
        period = _READERS[name](match, now, backward)
    except (ValueError, OverflowError, KeyError):  # the 31st of February is no date
        return None
    if period is None:
        return None
    end, hours = match.end(), period.hours
    if hours is None and period.first == period.last:
        glue = _GLUE.match(folded, end)
        time = TIME.match(folded, glue.end() if glue else end)
        if time and time[0]:
            read = read_time(time)
            if read is not None:
                end, hours = time.end(), read
    leading = _LEADING.match(match[0]) if name in _SPAN_WITHOUT_LEADING else None
    start = match.start() + (leading.end() if leading else 0)
    return DateSpan(start, end, _value(period, hours))


def _value(period: Period, hours: Hours | None) -> dict[str, Any]:
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "time_from": hours.first if hours else None,
        "time_to": hours.last if hours else None,
    }


_SPAN_WITHOUT_LEADING = {"day_of_month", "day_month", "feast", "month", "relative_day"}


def _month_day(match: re.Match[str], now: datetime, backward: bool) -> Period:
    groups = match.groupdict()
    month = MONTHS[groups["month"]] if groups.get("month") else int(groups["m"])
    day = _day_number(groups["d"])
    year = words.full_year(groups.get("y"))
    first = _dated(day, month, year, now.date(), backward)
    last = first
    if groups.get("d2"):
        last = first.replace(day=_day_number(groups["d2"]))
        if groups.get("m1"):
            first = _dated(day, MONTHS[groups["m1"]], last.year, now.date(), backward)
    if last < first:
        raise ValueError("ends before it begins")
    return Period(first, last)


def _dated(day: int, month: int, year: int | None, today: date, backward: bool) -> date:
    """The nearest such day: within half a year behind when told backwards, else the next one."""
    if year:
        return date(year, month, day)
    found = date(today.year, month, day)
    if backward and found > today:
        return date(today.year - 1, month, day)
    # "le 2 mars" said on the 10th is last week's, not next year's.
    if not backward and found < today - timedelta(days=120):
        return date(today.year + 1, month, day)
    return found


def _day_number(said: str) -> int:
    number = 1 if said in ("1er", "premier") else number_of(said)
    if number is None or not 1 <= number <= 31:
        raise ValueError(said)
    return number


def _in_weeks(match: re.Match[str], now: datetime, backward: bool) -> Period:
    weeks = 1 if match["weeks"] in ("huit", "8") else 2
    day = words.weekday_after(now.date(), WEEKDAYS[match["w"]]) + timedelta(weeks=weeks)
    return Period(day, day)


def _weekday(match: re.Match[str], now: datetime, backward: bool) -> Period:
    today, weekday = now.date(), WEEKDAYS[match["w"]]
    direction = match["dir"] or ""
    monday = today - timedelta(days=today.weekday())
    if "semaine" in direction:
        shift = 0 if "cette" in direction else (-7 if re.search(_LAST, direction) else 7)
        day = monday + timedelta(days=weekday + shift)
    elif backward or re.fullmatch(_LAST, direction):
        day = words.weekday_before(today, weekday)
    else:
        day = words.weekday_after(today, weekday)
    return Period(day, day)


def _weekday_day(match: re.Match[str], now: datetime, backward: bool) -> Period:
    return _day_of_month_period(_day_number(match["d"]), now.date(), backward)


def _weekday_pair(match: re.Match[str], now: datetime, backward: bool) -> Period:
    first = words.weekday_after(now.date(), WEEKDAYS[match["w"]])
    return Period(first, words.weekday_after(first, WEEKDAYS[match["w2"]]))


def _day_of_month(match: re.Match[str], now: datetime, backward: bool) -> Period:
    if match["month"] and "prochain" in match["month"]:
        first = words.month_of(now.date(), 1).first
        day = first.replace(day=_day_number(match["d"]))
        return Period(day, day)
    return _day_of_month_period(_day_number(match["d"]), now.date(), backward)


def _day_of_month_period(day: int, today: date, backward: bool) -> Period:
    shift = 0
    if not backward and day < today.day:
        shift = 1
    if backward and day > today.day:
        shift = -1
    found = words.month_of(today, shift).first.replace(day=day)
    return Period(found, found)


def _relative_day(match: re.Match[str], now: datetime, backward: bool) -> Period:
    day = now.date() + timedelta(days=words.day_shift(match["day"]))
    return Period(day, day)


def _counted(sign: int) -> Any:
    def read(match: re.Match[str], now: datetime, backward: bool) -> Period | None:
        return words.counted(now, match["n"], match["unit"], sign)

    return read


def _unit(match: re.Match[str], now: datetime, backward: bool) -> Period:
    groups = match.groupdict()
    unit = groups.get("unit") or groups.get("unit2") or groups.get("unit3") or ""
    direction = groups.get("dir") or ""
    shift = 0
    if direction:
        shift = -1 if re.fullmatch(_LAST, direction) else 1
    return words.unit_period(unit, now.date(), shift)


def _part_of_unit(match: re.Match[str], now: datetime, backward: bool) -> Period:
    direction = match["dir"] or ""
    shift = 0
    if direction:
        shift = -1 if direction.startswith("dernier") else 1
    return words.part_of(words.unit_period(match["unit"], now.date(), shift), match["part"])


def _month(match: re.Match[str], now: datetime, backward: bool) -> Period:
    groups = match.groupdict()
    month, year = MONTHS[groups["month"]], words.full_year(groups.get("y"))
    direction = groups.get("dir")
    today = now.date()
    if year is None:
        year = today.year
        if month < today.month and not backward and direction != "dernier":
            year += 1
        if month > today.month and (backward or direction == "dernier"):
            year -= 1
    period = words.month_of(date(year, month, 1), 0)
    return words.part_of(period, groups["part"]) if groups.get("part") else period


def _feast(match: re.Match[str], now: datetime, backward: bool) -> Period:
    day = words.feast(match["feast"], now.date(), backward)
    return Period(day, day)


def _today_at(match: re.Match[str], now: datetime, backward: bool) -> Period:
    shift, hours = words.time_of_today(match["part"])
    day = now.date() + timedelta(days=shift)
    return Period(day, day, hours)


_READERS: dict[str, Any] = {
    **dict.fromkeys(("iso", "numeric", "numeric_dash", "day_month", "day_range"), _month_day),
    "weekday_in_weeks": _in_weeks,
    "weekday": _weekday,
    "weekday_day": _weekday_day,
    "weekday_range": _weekday_pair,
    "weekdays_both": _weekday_pair,
    "day_of_month": _day_of_month,
    "relative_day": _relative_day,
    "in_n": _counted(1),
    "ago_n": _counted(-1),
    "since_n": _counted(-1),
    "next_unit": _unit,
    "this_unit": _unit,
    "part_of_unit": _part_of_unit,
    "part_of_month": _month,
    "month": _month,
    "feast": _feast,
    "time_only": _today_at,
}
