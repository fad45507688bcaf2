"""Opening, changing and closing slots, one by one or by a weekly pattern."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from ..errors import CapacityBelowUse, DayPast, SettingInvalid, SlotExists
from ..models import CapacityUnit, Pattern, Sector, Slot, Window
from ..recurrence import pattern_days
from .history import record, snapshot

OPEN_AHEAD_DAYS = 90  # how far ahead patterns open slots; bookings have their own horizon


@transaction.atomic
def slot_open(
    *, sector: Sector, day: date, window: Window, capacity: int, unit: CapacityUnit, actor: User
) -> Slot:
    """Open one slot.  Its row and its line of the history commit together.

    Raises ``DayPast``, ``SlotExists``, ``SettingInvalid``.
    """
    if day <= timezone.localdate():
        raise DayPast
    _check_capacity(capacity)
    try:
        with transaction.atomic():  # a savepoint: that it exists must not end it all
            slot = Slot.objects.create(
                sector=sector, day=day, window=window, capacity=capacity, unit=unit
            )
    except IntegrityError as error:
        raise SlotExists from error
    _record_slot(slot, None, actor)
    return slot


@transaction.atomic
def slot_change(*, slot_id: int, capacity: int, is_open: bool, actor: User) -> Slot:
    """Set a slot's capacity and whether more can be booked; bookings that it has stay.

    The row's lock keeps a booking made at the same moment inside the new capacity.
    Raises ``CapacityBelowUse``, ``SettingInvalid``.
    """
    _check_capacity(capacity)
    slot = Slot.objects.select_for_update(of=("self",)).select_related("sector").get(pk=slot_id)
    if capacity < slot.used:
        raise CapacityBelowUse(slot.used)
    before = snapshot(slot)
    slot.capacity = capacity
    slot.is_open = is_open
    slot.save(update_fields=["capacity", "is_open"])
    _record_slot(slot, before, actor)
    return slot


@transaction.atomic
def pattern_create(
    *,
    sector: Sector,
    weekdays: Sequence[int],
    interval_weeks: int,
    starts_on: date,
    ends_on: date | None,
    window: Window,
    capacity: int,
    unit: CapacityUnit,
    actor: User,
) -> tuple[Pattern, int]:
    """Store a recurring rule and open its slots of the next weeks; returns how many were opened.

    ONE transaction: a crash leaves neither rule nor slots.  Later slots are opened every night.
    Raises ``SettingInvalid``.
    """
    _check_capacity(capacity)
    if not weekdays:
        raise SettingInvalid("Choisissez au moins un jour de la semaine.", weekdays="missing")
    if ends_on is not None and ends_on < starts_on:
        raise SettingInvalid("La fin précède le début.", ends_on="before_start")
    pattern = Pattern.objects.create(
        sector=sector,
        weekdays=sorted(set(weekdays)),
        interval_weeks=interval_weeks,
        starts_on=starts_on,
        ends_on=ends_on,
        window=window,
        capacity=capacity,
        unit=unit,
    )
    record(
        kind="pattern",
        key=str(pattern.id),
        label=sector.name,
        before=None,
        after=snapshot(pattern),
        actor=actor,
    )
    return pattern, _open_slots([pattern], timezone.localdate())


@transaction.atomic
def pattern_set_active(*, pattern_id: uuid.UUID, is_active: bool, actor: User) -> Pattern:
    """Stop a recurring rule, or take it up again; slots that it opened stay as they are."""
    pattern = (
        Pattern.objects.select_for_update(of=("self",)).select_related("sector").get(pk=pattern_id)
    )
    before = snapshot(pattern)
    pattern.is_active = is_active
    pattern.save(update_fields=["is_active"])
    record(
        kind="pattern",
        key=str(pattern.id),
        label=pattern.sector.name,
        before=before,
        after=snapshot(pattern),
        actor=actor,
    )
    if is_active:
        _open_slots([pattern], timezone.localdate())
    return pattern


@transaction.atomic
def slots_open_ahead(*, today: date) -> int:
    """Open what every active rule opens in the next weeks; returns how many slots were new.

    A slot that exists, whatever its capacity or closed, is left alone, so this may run at any time
    and any number of times.
    """
    patterns = Pattern.objects.filter(is_active=True, sector__operator_name="")
    return _open_slots(list(patterns), today)


def _open_slots(patterns: Sequence[Pattern], today: date) -> int:
    wanted = [
        Slot(
            sector_id=pattern.sector_id,
            day=day,
            window=pattern.window,
            capacity=pattern.capacity,
            unit=pattern.unit,
            pattern=pattern,
        )
        for pattern in patterns
        for day in pattern_days(
            weekdays=pattern.weekdays,
            interval_weeks=pattern.interval_weeks,
            starts_on=pattern.starts_on,
            ends_on=pattern.ends_on,
            first=today + timedelta(days=1),
            last=today + timedelta(days=OPEN_AHEAD_DAYS),
        )
    ]
    count = Slot.objects.count()
    Slot.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=1000)
    return Slot.objects.count() - count


def _check_capacity(capacity: int) -> None:
    if not 1 <= capacity <= 10_000:
        raise SettingInvalid("La capacité va de 1 à 10 000.", capacity="out_of_bounds")


def _record_slot(slot: Slot, before: dict[str, object] | None, actor: User) -> None:
    record(
        kind="slot",
        key=str(slot.pk),
        label=f"{slot.sector.name}, {slot.day:%d/%m/%Y}, {slot.get_window_display()}",
        before=before,
        after=snapshot(slot),
        actor=actor,
    )
