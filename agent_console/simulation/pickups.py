"""Bulky-waste pickups of a simulated year: who booked what for when, and what the crew found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from agent_console.french_days import PARIS, is_public_holiday
from agent_console.pickups.models import CommuneRule, Item, Pattern, Sector, SectorCommune
from agent_console.pickups.workflow import STEPS, State
from agent_console.places.models import Commune

from .city import City, Weighted
from .planning import DAYS, TALKED, Author, Planned
from .streets import Street, streets_of

_NOBODY = -1
_TRIES = 40  # days that somebody is offered before they give up


@dataclass(slots=True)
class PlannedSlot:
    """Half a day of a sector; ``used`` counts as the product does."""

    sector: str
    day: date
    window: str
    capacity: int
    used: int = 0


@dataclass(frozen=True, slots=True)
class BookingStep:
    at: datetime
    action: str
    source: str
    target: State
    actor: int  # a colleague's number, or -1: the citizen
    reason: str = ""


@dataclass(slots=True)
class PlannedBooking:
    """One booking; ``author`` is -1 for a caller whom nobody knows."""

    number: int
    reference: str
    slot: PlannedSlot
    street: Street
    house: int
    items: list[tuple[Item, int]]
    channel: str
    author: int
    steps: list[BookingStep] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.steps[-1].target

    @property
    def objects(self) -> int:
        return sum(count for _, count in self.items)

    @property
    def litres(self) -> int:
        return sum(count * (item.litres or 0) for item, count in self.items)


class PickupPlanner:
    """Draws a year of bookings on days that are over; the same for the same seed and rules."""

    def __init__(
        self,
        *,
        city: City,
        seed: int,
        until: date,
        planned: Sequence[Planned],
        authors: Sequence[Author],
    ) -> None:
        self._city, self._until, self._seed = city, until, seed
        self._random = Random(f"{seed} pickups")  # noqa: S311 - a simulation
        self._by_commune: dict[str, list[Author]] = {}
        for author in authors:
            insee = planned[author.reports[0]].street.insee
            self._by_commune.setdefault(insee, []).append(author)
        self._items = list(Item.objects.filter(is_accepted=True, is_offered=True).order_by("pk"))
        self._rules = {row.commune_id: row for row in CommuneRule.objects.all()}
        self._sectors = dict(SectorCommune.objects.values_list("commune_id", "sector_id"))
        self._windows = self._windows_of_sectors()
        self._slots: dict[tuple[str, date, str], PlannedSlot] = {}
        self._communes = {
            row.pk: row
            for row in Commune.objects.order_by("pk")
            if self._sectors.get(row.pk) in self._windows
        }
        self._places = Weighted.of({pk: row.population for pk, row in self._communes.items()})
        self._streets: dict[str, list[Street]] = {}
        days = [until - timedelta(days=back) for back in range(DAYS, 0, -1)]
        self._days = [day for day in days if day.weekday() < 5 and not is_public_holiday(day)]

    def bookings(self, references: Sequence[str]) -> Iterator[PlannedBooking]:
        """At most one for each reference: when no day offered has room, somebody gives up."""
        if not (self._items and self._communes and self._days):
            return
        for number, reference in enumerate(references):
            booking = self._booking(number, reference)
            if booking is not None:
                yield booking

    @property
    def slots(self) -> list[PlannedSlot]:
        """Those that were used, in the order of their days."""
        return sorted(self._slots.values(), key=lambda one: (one.day, one.sector, one.window))

    def _windows_of_sectors(self) -> dict[str, list[tuple[str, int]]]:
        """Windows and capacities that the recurring rules give a sector (in bookings)."""
        served = Sector.objects.filter(operator_name="").values_list("pk", flat=True)
        found: dict[str, list[tuple[str, int]]] = {}
        for row in Pattern.objects.filter(sector__in=served, is_active=True, unit="bookings"):
            found.setdefault(row.sector_id, []).append((row.window, row.capacity))
        return {sector: sorted(windows) for sector, windows in found.items()}

    def _booking(self, number: int, reference: str) -> PlannedBooking | None:
        random, profile = self._random, self._city.pickups
        insee = self._places.draw(random)
        slot = self._slot(self._sectors[insee])
        if slot is None:
            return None
        street = random.choice(self._streets_of(insee))
        channel = random.choices(list(profile.channels), list(profile.channels.values()))[0]
        near = [one for one in self._by_commune.get(insee, ())[:200] if one.channel == channel]
        author = random.choice(near).number if near else _NOBODY
        if author < 0 and channel in TALKED:
            channel = "phone"
        booking = PlannedBooking(
            number, reference, slot, street, random.randint(1, street.numbers), self._load(insee),
            channel, author,
        )  # fmt: skip
        self._live(booking, self._rule(insee))
        if booking.state != State.CANCELLED:
            slot.used += 1
        return booking

    def _slot(self, sector: str) -> PlannedSlot | None:
        windows = self._windows[sector]
        for _ in range(_TRIES):
            day, (window, capacity) = self._random.choice(self._days), self._random.choice(windows)
            key = sector, day, window
            slot = self._slots.setdefault(key, PlannedSlot(sector, day, window, capacity))
            if slot.used < slot.capacity:
                return slot
        return None

    def _load(self, insee: str) -> list[tuple[Item, int]]:
        """A few objects, within what the commune's rule allows."""
        rule, random = self._rule(insee), self._random
        wanted = min(1 + int(random.expovariate(1 / self._city.pickups.objects_mean)),
                     rule.max_objects)  # fmt: skip
        counts: dict[str, int] = {}
        litres = 0
        by_code = {item.pk: item for item in self._items}
        for _ in range(wanted):
            item = random.choice(self._items)
            litres += item.litres or 0
            if litres > rule.max_litres and counts:
                break
            counts[item.pk] = counts.get(item.pk, 0) + 1
        return [(by_code[code], count) for code, count in counts.items()]

    def _rule(self, insee: str) -> CommuneRule:
        parent = self._communes[insee].parent_id
        found = self._rules.get(insee) or self._rules.get(parent) or self._rules.get(None)
        return found or CommuneRule(max_objects=5, max_litres=2000, lead_days=2, ahead_days=30)

    def _live(self, booking: PlannedBooking, rule: CommuneRule) -> None:
        """Through the product's own table, on the moments that it allows."""
        random, profile, day = self._random, self._city.pickups, booking.slot.day
        ahead = min(rule.lead_days + 1 + int(random.expovariate(1 / profile.ahead_days_mean)),
                    rule.ahead_days)  # fmt: skip
        is_staffed = booking.channel not in TALKED
        actor = random.randrange(self._city.colleagues) if is_staffed else _NOBODY
        at = self._at(day - timedelta(days=ahead), 8, 18)
        booking.steps.append(BookingStep(at, "book", "", State.BOOKED, actor))
        evening = self._at(day - timedelta(days=1), 18, 20)
        fate = random.random()
        if fate < profile.cancelled:
            between = at + (evening - at) * random.random()
            self._step(booking, between, "cancel", actor)
            return
        if random.random() < profile.confirmed:
            self._step(booking, evening, "confirm", _NOBODY if not is_staffed else actor)
        first, last = (8, 12) if booking.slot.window == "morning" else (13, 17)
        crew = random.randrange(self._city.colleagues)
        fate = random.random()
        if fate < profile.no_show:
            self._step(booking, self._at(day, first, last), "no_show", crew)
        elif fate < profile.no_show + profile.refused:
            reason = random.choice(self._city.words.refusal_reasons)
            self._step(booking, self._at(day, first, last), "refuse_on_site", crew, reason)
        else:
            self._step(booking, self._at(day, first, last), "done", crew)

    def _step(
        self, booking: PlannedBooking, at: datetime, action: str, actor: int, reason: str = ""
    ) -> None:
        step, source = STEPS[action], booking.state
        if source not in step.sources or step.target is None:
            raise AssertionError(f"{action} from {source}")
        at = max(at, booking.steps[-1].at + timedelta(minutes=1))
        booking.steps.append(BookingStep(at, action, source, step.target, actor, reason))

    def _at(self, day: date, first: int, last: int) -> datetime:
        clock = time(self._random.randrange(first, last), self._random.randrange(60))
        return datetime.combine(day, clock, tzinfo=PARIS)

    def _streets_of(self, insee: str) -> list[Street]:
        if insee not in self._streets:
            self._streets[insee] = streets_of(
                insee=insee,
                population=self._communes[insee].population,
                words=self._city.words,
                seed=self._seed,
            )
        return self._streets[insee]
