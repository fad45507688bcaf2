"""Who reports what, where and when, in a year: everything but what becomes of it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from agent_console.french_days import PARIS, is_public_holiday
from agent_console.places.models import Commune
from agent_console.reports.models import Category

from .city import City, Weighted
from .streets import Street, moved, streets_of

DAYS = 365
_NOBODY = -1
_SAME_PLACE_KM = 0.01
# Of the latest reports of a place and a family, among which the same problem is looked for.
_REMEMBERED = 60
# These let somebody else write; the others are answered by a program.
_STAFFED = frozenset({"phone", "email", "counter", "letter"})
TALKED = frozenset({"web", "sms", "telegram"})


@dataclass(slots=True)
class Planned:
    """One report.  ``author`` and ``original`` are numbers, -1 for nobody and none."""

    number: int
    reference: str
    at: datetime
    category: str
    channel: str
    street: Street
    house: int
    point: tuple[float, float] | None
    author: int
    original: int

    @property
    def is_staffed(self) -> bool:
        """Whether a colleague wrote it down."""
        return self.channel in _STAFFED


@dataclass(frozen=True, slots=True, eq=False)
class Author:
    """Somebody known: their channel and the numbers of their reports, in time's order."""

    number: int
    channel: str
    reports: list[int]


@dataclass(frozen=True)
class Year:
    """All reports in time's order, and who made them."""

    planned: list[Planned]
    authors: list[Author]


class Planner:
    """Draws a year; the same city, seed, day and rows of the database give the same one."""

    def __init__(
        self,
        *,
        city: City,
        seed: int,
        until: date,
        communes: Sequence[Commune],
        categories: Sequence[Category],
    ) -> None:
        self._city = city
        self._random = Random(seed)  # noqa: S311 - a simulation
        self._until = until
        self._families = {row.code: row.family for row in categories}
        self._ages = {row.code: timedelta(days=row.duplicate_age_days) for row in categories}
        self._streets, self._places = self._ground(communes, seed)
        self._channels = Weighted.of({c: row.weight for c, row in city.channels.items()})
        self._by_month = {
            month: Weighted.of({c: row.weight_in(month) for c, row in city.categories.items()})
            for month in range(1, 13)
        }
        self._hours = {
            kind: Weighted.of(dict(enumerate(weights))) for kind, weights in city.hours.items()
        }
        self._authors: list[Author] = []
        self._known: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._recent: dict[tuple[str, str], deque[Planned]] = defaultdict(
            lambda: deque(maxlen=_REMEMBERED)
        )
        self._recent_anywhere: dict[str, deque[Planned]] = defaultdict(
            lambda: deque(maxlen=_REMEMBERED)
        )

    def year(self, *, references: Sequence[str]) -> Year:
        """As many reports as there are references, in time's order."""
        moments = sorted(self._moments(len(references)))
        planned: list[Planned] = []
        for number, ((at, channel), reference) in enumerate(zip(moments, references, strict=True)):
            planned.append(self._plan(number, reference, at, channel, planned))
        return Year(planned, self._authors)

    def _ground(
        self, communes: Sequence[Commune], seed: int
    ) -> tuple[dict[str, list[Street]], Weighted[str]]:
        streets: dict[str, list[Street]] = {}
        weights: dict[str, float] = {}
        parents = {row.parent_id for row in communes if row.parent_id}
        for row in communes:
            if row.pk in parents:
                continue
            streets[row.pk] = streets_of(
                insee=row.pk, population=row.population, words=self._city.words, seed=seed
            )
            whole = self._city.marseille_whole_city if row.parent_id else 0.0
            weights[row.pk] = row.population * (1 - whole)
        for parent in sorted(parents):
            parts = [row for row in communes if row.parent_id == parent]
            streets[parent] = [
                Street(parent, s.name, s.latitude, s.longitude, s.numbers)
                for part in parts
                for s in streets[part.pk]
            ]
            weights[parent] = sum(row.population for row in parts) * self._city.marseille_whole_city
        return streets, Weighted.of(weights)

    def _moments(self, count: int) -> Iterator[tuple[datetime, str]]:
        days = [self._until - timedelta(days=back) for back in range(DAYS, 0, -1)]
        city, random = self._city, self._random
        calendar = Weighted.of(
            {
                day: city.months[day.month - 1]
                * city.weekdays[day.weekday()]
                * (city.holiday if is_public_holiday(day) else 1.0)
                for day in days
            }
        )
        for _ in range(count):
            channel = self._channels.draw(random)
            hours = self._hours["staffed" if channel in _STAFFED else "online"]
            clock = time(hours.draw(random), random.randrange(60), random.randrange(60))
            wall = datetime.combine(calendar.draw(random), clock, tzinfo=PARIS)
            yield wall.astimezone(UTC), channel

    def _plan(
        self, number: int, reference: str, at: datetime, channel: str, planned: Sequence[Planned]
    ) -> Planned:
        random = self._random
        category = self._by_month[at.astimezone(PARIS).month].draw(random)
        street = random.choice(self._streets[self._places.draw(random)])
        profile = self._city.channels[channel]
        original = self._original(category, street.insee, at)
        if original is not None:
            category, street, house = original.category, original.street, original.house
        else:
            house = random.randint(1, street.numbers)
        point = None
        if random.random() < profile.located:
            # Houses lie in a row: the same number is the same place.
            along = house / street.numbers - 0.5
            point = moved(random, street.latitude + along * 0.002, street.longitude, _SAME_PLACE_KM)
        report = Planned(
            number, reference, at, category, channel, street, house, point,
            self._author(channel, street.insee, number), original.number if original else -1,
        )  # fmt: skip
        if original is None and self._families[category]:
            self._recent[street.insee, self._families[category]].append(report)
            self._recent_anywhere[self._families[category]].append(report)
        return report

    def _original(self, category: str, insee: str, at: datetime) -> Planned | None:
        """An earlier report of the same problem, for the share of those that tell of one."""
        if self._random.random() >= self._city.categories[category].duplicate:
            return None
        family = self._families[category]
        among = self._fresh(self._recent.get((insee, family), ()), at)
        # In a small year a commune may have none: then the problem is another commune's.
        among = among or self._fresh(self._recent_anywhere.get(family, ()), at)
        if not family or not among:
            return None
        return self._random.choice(among)

    def _fresh(self, reports: Iterable[Planned], at: datetime) -> list[Planned]:
        """Those that are young enough to be told of again."""
        return [one for one in reports if at - one.at <= self._ages[one.category]]

    def _author(self, channel: str, insee: str, number: int) -> int:
        random = self._random
        if random.random() >= self._city.channels[channel].named:
            return _NOBODY
        known = self._known[insee, channel]
        if known and random.random() < self._city.comes_back:
            author = random.choice(known)  # once for each report they made: the busy come more
            self._authors[author].reports.append(number)
        else:
            author = len(self._authors)
            self._authors.append(Author(author, channel, [number]))
        known.append(author)
        return author
