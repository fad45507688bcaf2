"""What a crew has to do: read for one person's services."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from agent_console.places.geocoding.distances import metres
from agent_console.reports.models import Report, Service, Transition
from agent_console.reports.receipts import contact_body
from agent_console.reports.selectors import report_find
from agent_console.reports.workflow import CLOSED, State

from .models import DispatchLine

LISTED_MAX = 60
_MEASURED_MAX = 5_000
_REOPENING = ("reopen", "dispute")


@dataclass(frozen=True)
class Position:
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Job:
    """A line of the day: a report, how far it is when that is known, why it was reopened."""

    report: Report
    distance_m: int | None = None
    reopened: Transition | None = None

    @property
    def distance_km(self) -> float | None:
        """Kilometres."""
        return None if self.distance_m is None else self.distance_m / 1000


_AT_WORK = (State.QUALIFIED, State.ASSIGNED, State.IN_PROGRESS)


@dataclass(frozen=True)
class Day:
    """The lines that are shown, and how many there are in all."""

    jobs: list[Job]
    total: int


def services_of(user: User) -> list[Service]:
    """The services that somebody works for."""
    return list(Service.objects.filter(crew__user=user).order_by("label"))


def day_of(*, user: User, around: Position | None = None) -> Day:
    """What the services of ``user`` have open: late first, then by due time; or nearest first.

    What was confirmed but given to nobody is no crew's yet, unless it was closed and reopened.
    What has no position comes after what has one, by due time.
    """
    rows = _open_of(user)
    total = rows.count()
    if around is None:
        return Day([_job(row) for row in _shown(rows)[:LISTED_MAX]], total)
    places = rows.values_list("pk", "latitude", "longitude")[:_MEASURED_MAX]
    distances = {
        pk: None
        if latitude is None or longitude is None
        else round(metres((around.latitude, around.longitude), (latitude, longitude)))
        for pk, latitude, longitude in places
    }
    near = sorted(distances, key=lambda pk: _or_last(distances[pk]))[:LISTED_MAX]
    found = {row.pk: row for row in _shown(rows.filter(pk__in=near))}
    return Day([_job(found[pk], distances[pk]) for pk in near if pk in found], total)


def job_find(*, user: User, reference: str) -> Job | None:
    """A report of somebody's services with all that its page shows, open or not."""
    report = report_find(reference=reference)
    if report is None or not report.assigned_to.crew.filter(user=user).exists():
        return None
    return _job(report)


def reopening(transitions: Iterable[Transition]) -> Transition | None:
    """The step that reopened a report, until it is closed again or given back."""
    last: Transition | None = None
    for transition in transitions:
        if transition.action in _REOPENING:
            last = transition
        elif transition.to_state in CLOSED or transition.action == "wrong_service":
            last = None
    return last


def dispatcher_phone(report: Report) -> str:
    """Whom a crew calls about a report; empty when nobody entered a number."""
    line = DispatchLine.objects.filter(service=report.assigned_to_id).first()
    if line is not None:
        return line.phone
    body = contact_body(report)
    return body.phone if body is not None and body.is_ours else ""


def teams() -> QuerySet[Service]:
    """Every service with its crew and number."""
    return Service.objects.order_by("label").prefetch_related("crew__user", "dispatch_line")


def _open_of(user: User) -> QuerySet[Report]:
    # Ids, not a join: the index holds a service's open reports by state.
    mine = list(Service.objects.filter(crew__user=user).values_list("pk", flat=True))
    steps = Transition.objects.filter(report=OuterRef("pk")).exclude(from_state=F("to_state"))
    last_action = Subquery(steps.order_by("-id").values("action")[:1])
    at_work = ~Q(state=State.QUALIFIED)
    again = Q(state=State.QUALIFIED, last_action__in=_REOPENING)
    return (
        Report.objects.alias(last_action=last_action)
        # The states say that it is open; `closed_at` too would make the planner read all that is.
        .filter(at_work | again, assigned_to__in=mine, state__in=_AT_WORK)
        .order_by("due_at", "created_at")
    )


def _shown(rows: QuerySet[Report]) -> QuerySet[Report]:
    return rows.select_related("category", "commune", "assigned_to").prefetch_related("transitions")


def _job(report: Report, distance_m: int | None = None) -> Job:
    return Job(report, distance_m, reopening(report.transitions.all()))


def _or_last(distance_m: int | None) -> float:
    return math.inf if distance_m is None else distance_m
