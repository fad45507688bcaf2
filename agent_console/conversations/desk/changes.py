"""What changed in the lists of conversations since somebody looked.

``Conversation.changed_in`` holds a transaction's number. Transactions end in another order than
they begin in, so "the highest number seen" would miss those that end late; below
``pg_snapshot_xmin`` all have ended. Whoever asks again from there misses nothing, and may be told
the same change twice: a row and its ``changed_in`` together name one state.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from ..models import Conversation
from .selectors import shown_in_lists

# Rows that change in one transaction (a retention run) or while one lasts; more is another list.
SCANNED_MAX = 10_000


@dataclass(frozen=True)
class Changes:
    """``rows`` as lists show them, earliest activity first; ``after``: where to ask from next.

    ``are_too_many``: more changed than was asked for, and ``rows`` holds none of it.
    """

    rows: Sequence[Conversation]
    after: int
    are_too_many: bool = False


def changes_mark() -> int:
    """What is read after this call holds every change below the mark."""
    return _snapshot()[0]


def changes_since(
    *,
    after: int,
    known: Mapping[uuid.UUID, int],
    limit: int,
    before: int | None = None,
) -> Changes:
    """Rows that changed from the mark ``after`` on (and below ``before``), without those ``known``.

    ``known``: ``changed_in`` by conversation.  Three queries, whatever is found.
    """
    oldest_open, newest = _snapshot()
    # A restored database numbers its transactions anew: old rows may be above what this one has.
    below = newest if before is None else min(before, newest)
    changed = Conversation.objects.filter(
        changed_in__gte=after, changed_in__lt=below, last_seq__gt=0
    )
    found = list(changed.values_list("pk", "changed_in")[: SCANNED_MAX + 1])
    new = [pk for pk, changed_in in found if known.get(pk) != changed_in]
    if len(found) > SCANNED_MAX:
        # Not from the open transaction again: that would be too many at every look while it lasts.
        return Changes([], newest, are_too_many=True)
    if len(new) > limit:
        return Changes([], oldest_open, are_too_many=True)
    rows = shown_in_lists(Conversation.objects.filter(pk__in=new)).order_by("last_message_at", "id")
    return Changes(list(rows) if new else [], oldest_open)


def _snapshot() -> tuple[int, int]:
    """The oldest transaction that may not have ended, and the first that had not begun."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint"
            " FROM pg_current_snapshot() AS now"
        )
        oldest_open, newest = cursor.fetchone()
    return oldest_open, newest
