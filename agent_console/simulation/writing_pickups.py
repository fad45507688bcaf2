"""Writes simulated pickups: their slots, the bookings and what became of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from agent_console.pickups.models import Booking, BookingItem, BookingStep, Pattern, Slot

from .copying import copy_rows, numbers_reserve
from .marks import Kind, marked
from .pickups import PlannedBooking, PlannedSlot
from .planning import TALKED

_INTAKE_PREFIX = "simulation:"
type SlotIds = dict[tuple[str, date, str], int]


@transaction.atomic
def slots_write(*, slots: Sequence[PlannedSlot]) -> SlotIds:
    """ONE transaction: a pattern of each sector, not in force, and its slots of past days.

    The pattern is the mark by which they are taken away.  A day that truly had such a slot keeps
    it: nothing is booked there.
    """
    first = min(slot.day for slot in slots)
    last = max(slot.day for slot in slots)
    sectors = {code: number for number, code in enumerate(sorted({one.sector for one in slots}))}
    copy_rows(
        Pattern,
        ("id", "sector", "weekdays", "interval_weeks", "starts_on", "ends_on", "window",
         "capacity", "unit", "is_active"),
        (
            (marked(Kind.PATTERN, number), code, [0, 1, 2, 3, 4], 1, first, last, "morning", 1,
             "bookings", False)
            for code, number in sectors.items()
        ),
    )  # fmt: skip
    true = set(
        Slot.objects.filter(day__range=(first, last)).values_list("sector_id", "day", "window")
    )
    ours = [one for one in slots if (one.sector, one.day, one.window) not in true]
    ids = numbers_reserve(Slot, len(ours))
    copy_rows(
        Slot,
        ("id", "sector", "day", "window", "capacity", "unit", "used", "is_open", "pattern"),
        (
            (number, one.sector, one.day, one.window, one.capacity, "bookings", one.used, True,
             marked(Kind.PATTERN, sectors[one.sector]))
            for number, one in zip(ids, ours, strict=True)
        ),
    )  # fmt: skip
    return {
        (one.sector, one.day, one.window): number for number, one in zip(ids, ours, strict=True)
    }


@transaction.atomic
def bookings_write(
    *, bookings: Sequence[PlannedBooking], slot_ids: SlotIds, colleagues: Sequence[int], seed: int
) -> None:
    """ONE transaction: these bookings with their items and history, or none of them."""
    kept = [
        (one, slot_ids[key])
        for one in bookings
        if (key := (one.slot.sector, one.slot.day, one.slot.window)) in slot_ids
    ]
    copy_rows(
        Booking,
        ("id", "reference", "label_key", "slot", "commune", "address", "place", "state",
         "objects_count", "litres", "channel", "conversation", "resident", "contact", "household",
         "reminder", "intake_key", "intake_sha256", "created_at", "updated_at"),
        (_booking_row(one, slot, seed) for one, slot in kept),
    )  # fmt: skip
    copy_rows(
        BookingItem,
        ("booking", "item", "count", "litres_each"),
        (
            (marked(Kind.BOOKING, one.number), item.pk, count, item.litres or 0)
            for one, _ in kept
            for item, count in one.items
        ),
    )
    copy_rows(
        BookingStep,
        ("booking", "action", "from_state", "to_state", "reason", "by", "actor", "at"),
        (
            (
                marked(Kind.BOOKING, one.number),
                step.action,
                str(step.source),
                step.target.value,
                step.reason,
                "staff" if step.actor >= 0 else "citizen",
                colleagues[step.actor] if step.actor >= 0 else None,
                step.at,
            )
            for one, _ in kept
            for step in one.steps
        ),
    )


def _booking_row(one: PlannedBooking, slot: int, seed: int) -> Sequence[object]:
    key = f"{_INTAKE_PREFIX}{one.number}"
    who = f"{seed} {one.author} {one.number if one.author < 0 else ''}"
    is_talk = one.author >= 0 and one.channel in TALKED
    return (
        marked(Kind.BOOKING, one.number),
        one.reference,
        marked(Kind.LABEL, one.number),
        slot,
        one.street.insee,
        f"{one.house} {one.street.name}",
        "",
        one.state.value,
        one.objects,
        one.litres,
        one.channel,
        marked(Kind.CONVERSATION, one.author) if is_talk else None,
        marked(Kind.RESIDENT, one.author) if one.author >= 0 else None,
        "",
        hashlib.sha256(who.encode()).digest(),
        "sent" if is_talk else "called",
        key,
        hashlib.sha256(key.encode()).digest(),
        one.steps[0].at,
        one.steps[-1].at,
    )
