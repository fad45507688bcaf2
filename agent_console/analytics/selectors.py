"""Reads of the pages: totals of a period beside those of the one before, and what makes them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncMonth, TruncWeek

from agent_console.conversations.satisfaction import ASKED_ON

from .measures import Measure, labels_of
from .models import DailyTotal, Episode, MissedSentence
from .periods import Period

_SAID_IN = """
SELECT s.message_id FROM analytics_episode
JOIN conversations_message m ON m.conversation_id = analytics_episode.conversation_id
  AND m.created_at BETWEEN analytics_episode.started_at AND analytics_episode.ended_at
JOIN analytics_missedsentence s ON s.message_id = m.id
WHERE analytics_episode.day BETWEEN %s AND %s AND {key} = %s
"""
_WEEKS_UP_TO = 120  # days; a longer period is shown by months


@dataclass(frozen=True)
class Line:
    """One key of a measure; totals are in its unit, what is ``before`` is of the period before."""

    key: str
    label: str
    count: int
    total: int
    population: int
    before: int
    population_before: int
    total_before: int = 0

    @property
    def share(self) -> float | None:
        """Percent of the measure's population; none without one."""
        return 100 * self.count / self.population if self.population else None

    @property
    def share_before(self) -> float | None:
        """The same for the period before."""
        return 100 * self.before / self.population_before if self.population_before else None

    @property
    def mean(self) -> float | None:
        """``total`` for each contact."""
        return self.total / self.count if self.count else None


@dataclass(frozen=True)
class Table:
    """A measure over a period, with the lines that have something in either period."""

    measure: Measure
    lines: list[Line]

    @property
    def population(self) -> int:
        """How many contacts the shares are of."""
        return sum(line.count for line in self.lines)

    @property
    def population_before(self) -> int:
        """The same for the period before."""
        return sum(line.before for line in self.lines)

    @property
    def total(self) -> int:
        """What all lines add up."""
        return sum(line.total for line in self.lines)

    @property
    def total_before(self) -> int:
        """The same for the period before."""
        return sum(line.total_before for line in self.lines)

    @property
    def mean(self) -> float | None:
        """The total for each contact of the population."""
        return sum(line.total for line in self.lines) / self.population if self.population else None

    def line(self, key: str) -> Line | None:
        """The line of ``key``, if there is one."""
        return next((line for line in self.lines if line.key == key), None)


def table(measure: Measure, period: Period) -> Table:
    """One measure; see ``tables``."""
    return tables([measure], period)[measure.code]


def tables(measures: Sequence[Measure], period: Period) -> dict[str, Table]:
    """Measures by code, with their lines in order (communes by number of contacts): one query."""
    sums = _sums(measures, period)
    return {one.code: _table(one, sums.get(one.code, {})) for one in measures}


type _Sums = Mapping[str, tuple[int, int, int, int]]
"""By key: contacts and total of the period, contacts and total of the period before."""


def _table(measure: Measure, sums: _Sums) -> Table:
    population = sum(count for count, _, _, _ in sums.values())
    population_before = sum(before for _, _, before, _ in sums.values())
    lines = []
    labels = labels_of(measure)
    # A rule that has no name of ours goes by its code: what it gave is counted all the same.
    for key, label in {**labels, **{key: key for key in sums if key not in labels}}.items():
        if key not in sums and not (measure.is_time and sums):
            continue
        count, total, before, total_before = sums.get(key, (0, 0, 0, 0))
        lines.append(
            Line(key, label, count, total, population, before, population_before, total_before)
        )
    if measure.code in ("commune", "deposits"):
        lines.sort(key=lambda line: (-line.count, line.label))
    if measure.code == "points_given":
        lines.sort(key=lambda line: (-line.total, line.label))
    return Table(measure, lines)


def _sums(
    measures: Sequence[Measure], period: Period
) -> dict[str, dict[str, tuple[int, int, int, int]]]:
    inside = Q(day__gte=period.first)
    found = (
        DailyTotal.objects.filter(
            measure__in=[one.code for one in measures],
            day__range=(period.before.first, period.last),
        )
        .values_list("measure", "key")
        .annotate(
            counted=Sum("count", filter=inside, default=0),
            summed=Sum("total", filter=inside, default=0),
            counted_before=Sum("count", filter=~inside, default=0),
            summed_before=Sum("total", filter=~inside, default=0),
        )
    )
    sums: dict[str, dict[str, tuple[int, int, int, int]]] = {}
    for code, key, *numbers in found:
        count, total, before, total_before = numbers
        sums.setdefault(code, {})[key] = (count, total, before, total_before)
    return sums


@dataclass(frozen=True)
class Satisfaction:
    """What people of a channel said when they were asked; ``scores``: the sum, of 1 to 5 each."""

    label: str
    asked: int
    high: int
    low: int
    scores: int

    @property
    def answered(self) -> int:
        """Who said something."""
        return self.high + self.low

    @property
    def response_rate(self) -> float | None:
        """Percent of those who were asked."""
        return 100 * self.answered / self.asked if self.asked else None

    @property
    def satisfied_share(self) -> float | None:
        """Percent of the answers that are 4 or 5."""
        return 100 * self.high / self.answered if self.answered else None

    @property
    def mean(self) -> float | None:
        """Of all answers."""
        return self.scores / self.answered if self.answered else None


def satisfaction_of(scored: Table, responses: Table) -> list[Satisfaction]:
    """``csat_channel`` and ``csat_response`` by channel, all of them last; empty without any."""
    lines = {line.key: line for line in [*scored.lines, *responses.lines]}
    none = Line("", "", 0, 0, 0, 0, 0)
    found = []
    for channel in ASKED_ON:
        high, low, yes, no = (
            lines.get(f"{channel}_{key}", none) for key in ("high", "low", "yes", "no")
        )
        if asked := yes.count + no.count:
            scores = high.total + low.total
            found.append(Satisfaction(channel.label, asked, high.count, low.count, scores))
    if not found:
        return []
    whole = Satisfaction(
        "Ensemble",
        asked=sum(one.asked for one in found),
        high=sum(one.high for one in found),
        low=sum(one.low for one in found),
        scores=sum(one.scores for one in found),
    )
    return [*found, whole]


@dataclass(frozen=True)
class Step:
    """A week or a month: contacts by telephone, by digital channels and by others."""

    since: date
    phone: int
    digital: int
    other: int

    @property
    def digital_share(self) -> float:
        """Percent of all contacts; a step without contacts is not made."""
        return 100 * self.digital / (self.phone + self.digital + self.other)


def ways_over_time(period: Period, measure: str = "way") -> list[Step]:
    """Telephone and digital by week, for long periods by month, in order."""
    cut = TruncWeek("day") if period.days <= _WEEKS_UP_TO else TruncMonth("day")
    found = (
        DailyTotal.objects.filter(measure=measure, day__range=(period.first, period.last))
        .annotate(since=cut)
        .values("since", "key")
        .annotate(counted=Sum("count"))
    )
    steps: dict[date, dict[str, int]] = {}
    for row in found:
        steps.setdefault(row["since"], {})[row["key"]] = row["counted"]
    return [
        Step(since, counts.get("phone", 0), counts.get("digital", 0), counts.get("other", 0))
        for since, counts in sorted(steps.items())
    ]


def episodes_of(measure: Measure, key: str, period: Period) -> QuerySet[Episode]:
    """The contacts that make up one number, newest first: by the expression that counted it."""
    found = Episode.objects.filter(day__range=(period.first, period.last))
    # The expressions are ours; what comes from outside is a parameter.
    found = found.alias(key=RawSQL(measure.key, [], output_field=TextField()))  # noqa: S611
    return (
        found.filter(key=key)
        .select_related("commune", "report")
        .order_by("-day", "-started_at", "-id")
    )


def days_of(measure: Measure, key: str, period: Period) -> QuerySet[DailyTotal]:
    """The days that make up one number, newest first."""
    return DailyTotal.objects.filter(
        measure=measure.code, key=key, day__range=(period.first, period.last)
    ).order_by("-day")


def sentences_missed(
    period: Period, *, limit: int, behind: tuple[Measure, str] | None = None
) -> QuerySet[MissedSentence]:
    """What was not or wrongly understood, masked, newest first.

    ``behind``: only what was said in the contacts that make up a number of that measure.
    """
    found = MissedSentence.objects.exclude(text="").select_related("message__turn", "marked_by")
    if behind is None:
        found = found.filter(episode_day__range=(period.first, period.last))
    else:
        measure, key = behind
        # The expressions are ours; what comes from outside is a parameter.
        said = RawSQL(_SAID_IN.format(key=measure.key), [period.first, period.last, key])  # noqa: S611
        found = found.filter(pk__in=said)
    return found.order_by("-message_id")[:limit]
