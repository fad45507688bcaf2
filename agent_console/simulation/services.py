"""Making a simulated year, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from random import Random

from django.contrib.auth.models import User
from django.db import connection, transaction

from agent_console.citizens.models import ContactLink, ContactPoint, Resident
from agent_console.conversations.models import (
    Conversation,
    Delivery,
    Message,
    Notice,
    Turn,
)
from agent_console.french_days import PARIS
from agent_console.pickups.models import Booking, BookingItem, BookingStep, Slot
from agent_console.references import checked
from agent_console.reports.models import (
    Feedback,
    Forward,
    OnCallPage,
    Report,
    ReportReward,
    ReportScreening,
    Support,
    SupportChange,
    Transition,
)

from .city import CITY_FILE, City, city_load, commune_centres
from .colleagues import colleagues_make
from .errors import AlreadySimulated, CityInvalid
from .marks import STAFF_PREFIX, Kind, marked_range
from .pickups import PickupPlanner
from .planning import Planner, Year
from .stories import Rules, Teller
from .supporters import Supporters
from .talks import Talks
from .writing_pickups import bookings_write, slots_write
from .writing_reports import reports_write
from .writing_talks import authors_write

_CHUNK = 4000
_REFERENCES = 9 * 10**7  # those that begin with 9 are pickups' (agent_console/references.py)
_REFERENCES_END = 10**8
REPORTS_MAX = 2_000_000
# What was written is analysed at once: the planner would not know for a minute or two.
_WRITTEN = (
    Resident, ContactPoint, ContactLink, Conversation, Message, Turn, Delivery, Notice, Report,
    Transition, ReportReward, ReportScreening, Feedback, OnCallPage, Forward, Support,
    SupportChange, Slot, Booking, BookingItem, BookingStep,
)  # fmt: skip

type Progress = Callable[[str, int], Callable[[int], object]]
"""What is being written and how much of it there is → who is told of each further step."""


def simulate(
    *,
    reports: int,
    seed: int,
    until: date,
    city_file: Path = CITY_FILE,
    progress: Progress,
) -> Year:
    """Write a year that ends before ``until`` (Europe/Paris) into the database.

    Authors with all that was said with them come first, then reports in time's order; each chunk
    is ONE transaction.  After a crash what is there is marked and ``simulation_remove`` takes it
    away.  The same arguments over the same communes, categories and rules write the same.

    Raises ``AlreadySimulated``, ``CityInvalid``.
    """
    if not 1 <= reports <= REPORTS_MAX:
        raise CityInvalid(f"Entre 1 et {REPORTS_MAX} signalements.")
    _refuse_second()
    rules = Rules()
    city = city_load(city_file, categories=list(rules.categories))
    communes = sorted(rules.communes.values(), key=lambda row: row.pk)
    if missing := {row.pk for row in communes} - set(commune_centres()):
        raise CityInvalid(f"commune_centres.csv : il manque {', '.join(sorted(missing))}.")
    if not communes or not rules.categories:
        raise CityInvalid("Communes et catégories manquent : lancez d’abord `seed_metropolis`.")
    planner = Planner(
        city=city,
        seed=seed,
        until=until,
        communes=communes,
        categories=sorted(rules.categories.values(), key=lambda row: row.pk),
    )
    year = planner.year(references=_references(reports, seed))
    now = datetime.combine(until, time.min, tzinfo=PARIS)
    teller = Teller(city=city, seed=seed, now=now, rules=rules)
    talks = Talks(teller=teller, rules=rules, planned=year.planned, now=now)
    with transaction.atomic():
        colleagues = colleagues_make(city.colleagues)
    step = progress("Habitants et conversations", len(year.authors))
    for authors in _chunks(year.authors):
        authors_write(authors=authors, planned=year.planned, talks=talks, seed=seed)
        step(len(authors))
    step = progress("Signalements", len(year.planned))
    supporters = Supporters(teller=teller, planned=year.planned, authors=year.authors)
    supports = 0
    for planned in _chunks(year.planned):
        supports = reports_write(
            reports=planned,
            teller=teller,
            supporters=supporters,
            supports_before=supports,
            colleagues=colleagues,
        )
        step(len(planned))
    _pickups(city=city, seed=seed, until=until, year=year, colleagues=colleagues, progress=progress)
    _analyse()
    return year


def _pickups(
    *,
    city: City,
    seed: int,
    until: date,
    year: Year,
    colleagues: Sequence[int],
    progress: Progress,
) -> None:
    """Slots first, in one transaction, then bookings, chunk by chunk."""
    planner = PickupPlanner(
        city=city, seed=seed, until=until, planned=year.planned, authors=year.authors
    )
    wanted = round(len(year.planned) * city.pickups.per_report)
    taken = set(Booking.objects.values_list("reference", flat=True))
    bodies = Random(f"{seed} pickup references").sample(  # noqa: S311 - a simulation
        range(_REFERENCES, _REFERENCES_END), min(wanted + len(taken), _REFERENCES_END - _REFERENCES)
    )
    free = _not_in((checked(f"{body:08}") for body in bodies), taken)
    bookings = list(planner.bookings(list(islice(free, wanted))))
    step = progress("Rendez-vous encombrants", len(bookings))
    if not bookings:
        return
    slot_ids = slots_write(slots=planner.slots)
    for chunk in _chunks(bookings):
        bookings_write(bookings=chunk, slot_ids=slot_ids, colleagues=colleagues, seed=seed)
        step(len(chunk))


def simulated_count() -> int:
    """How many simulated reports are there."""
    return Report.objects.filter(pk__range=marked_range(Kind.REPORT)).count()


def _refuse_second() -> None:
    is_there = (
        Report.objects.filter(pk__range=marked_range(Kind.REPORT)).exists()
        or Resident.objects.filter(pk__range=marked_range(Kind.RESIDENT)).exists()
        or User.objects.filter(username__startswith=STAFF_PREFIX).exists()
    )
    if is_there:
        raise AlreadySimulated(simulated_count())


def _references(count: int, seed: int) -> list[str]:
    """As many references as are asked for, none of which is taken."""
    taken = set(Report.objects.values_list("reference", flat=True))
    bodies = Random(f"{seed} references").sample(  # noqa: S311 - a simulation
        range(_REFERENCES), count + len(taken)
    )
    free = (checked(f"{body:08}") for body in bodies)
    return [reference for reference, _ in zip(_not_in(free, taken), range(count), strict=False)]


def _not_in(references: Iterator[str], taken: set[str]) -> Iterator[str]:
    return (reference for reference in references if reference not in taken)


def _chunks[T](rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


def _analyse() -> None:
    with connection.cursor() as cursor:
        for model in _WRITTEN:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
