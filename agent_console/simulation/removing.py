"""Takes away what was simulated, and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import CASCADE, ForeignKey, Model
from psycopg import sql

from agent_console.citizens.models import ContactPoint, Resident
from agent_console.conversations.models import Conversation
from agent_console.pickups.models import Booking, Pattern
from agent_console.reports.models import Report, Support

from .errors import TrueRowsAttached
from .marks import STAFF_PREFIX, Kind, marked, marked_range, number_of

_CHUNK = 10_000
# All that hangs off these is theirs; off the others only what the models delete with them.
_WHOLE = frozenset({Kind.REPORT, Kind.BOOKING, Kind.PATTERN})
# From what hangs off others to what others hang off.
_ROOTS: tuple[tuple[Kind, type[Model]], ...] = (
    (Kind.REPORT, Report),
    (Kind.BOOKING, Booking),
    (Kind.PATTERN, Pattern),
    (Kind.CONVERSATION, Conversation),
    (Kind.CONTACT_POINT, ContactPoint),
    (Kind.RESIDENT, Resident),
)


@dataclass(frozen=True)
class _Doomed:
    """Rows of a table that go with their parent: a condition with two ends of a range."""

    model: type[Model]
    where: sql.Composable


def simulation_remove(*, progress: Callable[[str, int], Callable[[int], object]]) -> int:
    """Delete every simulated row; returns how many reports there were.

    Each chunk is ONE transaction; after a crash it is simply begun again.  History is append-only
    by trigger: the trigger is off for the length of such a transaction, which only the tables'
    owner can do, and which nobody else sees.  Whatever was added to simulated reports since (a
    step, a photo's place, an answer) goes with them.

    Raises ``TrueRowsAttached`` before anything is deleted when true reports lean on simulated
    ones, and when other true rows do, without deleting what they lean on.
    """
    _refuse_attached()
    first, last = marked_range(Kind.REPORT)
    removed = Report.objects.filter(pk__range=(first, last)).count()
    with transaction.atomic():  # a chunk need not know the other chunks' duplicates
        Report.objects.filter(pk__range=(first, last)).exclude(duplicate_of=None).update(
            duplicate_of=None
        )
        Support.objects.filter(came_from__gte=first, came_from__lte=last).update(came_from=None)
    for kind, model in _ROOTS:
        step = progress(str(model._meta.verbose_name), _count(model, kind))
        for start, end, count in _ranges(model, kind):
            try:
                _delete(kind, model, start, end)
            except IntegrityError as error:
                raise TrueRowsAttached(str(error).splitlines()[0]) from error
            step(count)
    User.objects.filter(username__startswith=STAFF_PREFIX, is_active=False).delete()
    return removed


def _refuse_attached() -> None:
    true = Report.objects.exclude(pk__range=marked_range(Kind.REPORT))
    for field, kind in (
        ("duplicate_of", Kind.REPORT),
        ("resident", Kind.RESIDENT),
        ("conversation", Kind.CONVERSATION),
    ):
        found = true.filter(**_within(field, kind)).first()
        if found is not None:
            raise TrueRowsAttached(f"signalement {found.reference_display}")
    booked = Booking.objects.exclude(pk__range=marked_range(Kind.BOOKING))
    for field, kind in (("resident", Kind.RESIDENT), ("conversation", Kind.CONVERSATION)):
        booking = booked.filter(**_within(field, kind)).first()
        if booking is not None:
            raise TrueRowsAttached(f"rendez-vous {booking.reference_display}")


def _within(field: str, kind: Kind) -> dict[str, uuid.UUID]:
    first, last = marked_range(kind)
    return {f"{field}__gte": first, f"{field}__lte": last}


def _count(model: type[Model], kind: Kind) -> int:
    return model._default_manager.filter(pk__range=marked_range(kind)).count()


def _ranges(model: type[Model], kind: Kind) -> Iterator[tuple[uuid.UUID, uuid.UUID, int]]:
    """Ranges of numbers from the first to the last that is there, with how many are in each."""
    found = model._default_manager.filter(pk__range=marked_range(kind)).order_by("pk")
    ends = found.values_list("pk", flat=True)
    if not ends:
        return
    first, last = number_of(ends[0]), number_of(ends.reverse()[0])
    for start in range(first, last + 1, _CHUNK):
        between = marked(kind, start), marked(kind, start + _CHUNK - 1)
        yield *between, found.filter(pk__range=between).count()


@transaction.atomic
def _delete(kind: Kind, model: type[Model], start: uuid.UUID, end: uuid.UUID) -> None:
    ends = {"start": start, "end": end}
    where = sql.SQL("id BETWEEN %(start)s AND %(end)s")
    doomed = [*_children(model, where, is_whole=kind in _WHOLE), _Doomed(model, where)]
    with connection.cursor() as cursor:
        frozen = [
            one for one in _frozen_tables() if one in {d.model._meta.db_table for d in doomed}
        ]
        for table in frozen:
            _trigger(table, "DISABLE")
        for one in doomed:
            name = sql.Identifier(one.model._meta.db_table)
            cursor.execute(sql.SQL("DELETE FROM {} WHERE {}").format(name, one.where), ends)
        # Checked now: a table whose checks wait can't get its triggers back.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in frozen:
            _trigger(table, "ENABLE")


def _children(model: type[Model], where: sql.Composable, *, is_whole: bool) -> Iterator[_Doomed]:
    """What hangs off the rows, deepest first.

    ``is_whole``: all of it; otherwise only what the models delete with their parent, so that true
    rows which lean on a simulated one make the database refuse.
    """
    roots = {root for _, root in _ROOTS}
    for relation in model._meta.related_objects:
        field = relation.field
        child = relation.related_model
        if not isinstance(field, ForeignKey) or child in roots or isinstance(child, str):
            continue
        if not (is_whole or relation.on_delete is CASCADE):
            continue
        inside = sql.SQL("{} IN (SELECT id FROM {} WHERE {})").format(
            sql.Identifier(field.column), sql.Identifier(model._meta.db_table), where
        )
        yield from _children(child, inside, is_whole=is_whole)
        yield _Doomed(child, inside)


def _frozen_tables() -> list[str]:
    """Tables whose rows a trigger keeps from being deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND tgtype & 8 <> 0 ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def _trigger(table: str, word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(sql.Identifier(table), sql.SQL(word))
        )
