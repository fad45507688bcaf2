"""Opening slots: weekly patterns, public holidays, supervisors' changes and their history."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from agent_console.pickups import errors
from agent_console.pickups.models import (
    CapacityUnit,
    Pattern,
    Sector,
    SettingChange,
    Slot,
    Window,
)
from agent_console.pickups.recurrence import pattern_days
from agent_console.pickups.services import slots

pytestmark = pytest.mark.django_db


def days(first: date, last: date, *weekdays: int, interval: int = 1) -> list[date]:
    return pattern_days(
        weekdays=weekdays,
        interval_weeks=interval,
        starts_on=first,
        ends_on=None,
        first=first,
        last=last,
    )


# day, weekday (0 is Monday), whether a slot opens: public holidays and the days beside them
@pytest.mark.parametrize(
    ("day", "weekday", "opens"),
    [
        (date(2027, 1, 1), 4, False),  # New Year, a Friday
        (date(2027, 1, 8), 4, True),
        (date(2027, 3, 26), 4, True),  # Good Friday is a working day here
        (date(2027, 3, 29), 0, False),  # Easter Monday
        (date(2027, 5, 6), 3, False),  # Ascension
        (date(2027, 5, 17), 0, False),  # Whit Monday
        (date(2027, 5, 18), 1, True),
        (date(2027, 7, 14), 2, False),  # national day
        (date(2027, 11, 1), 0, False),  # All Saints
        (date(2027, 11, 11), 3, False),
        (date(2027, 12, 24), 4, True),
    ],
)
def test_public_holidays_are_left_out(day: date, weekday: int, *, opens: bool) -> None:
    assert day.weekday() == weekday
    assert days(day, day, weekday) == ([day] if opens else [])


def test_every_second_week_is_counted_from_the_start() -> None:
    first = date(2027, 9, 1)  # a Wednesday
    found = days(first, date(2027, 9, 30), 0, 2, interval=2)
    assert found == [date(2027, 9, day) for day in (1, 13, 15, 27, 29)]


def test_a_pattern_ends_and_nothing_before_its_start() -> None:
    found = pattern_days(
        weekdays=[0],
        interval_weeks=1,
        starts_on=date(2027, 9, 6),
        ends_on=date(2027, 9, 20),
        first=date(2027, 8, 1),
        last=date(2027, 12, 1),
    )
    assert found == [date(2027, 9, 6), date(2027, 9, 13), date(2027, 9, 20)]


def test_the_night_opens_what_is_missing_and_leaves_the_rest(pickups: None, agent: User) -> None:
    today = timezone.localdate()
    opened = slots.slots_open_ahead(today=today)
    assert opened == Slot.objects.count() > 1000
    assert not Slot.objects.filter(day__lte=today).exists()
    assert not Slot.objects.filter(sector="gardanne").exists()
    closed = Slot.objects.filter(sector="aix").order_by("day").first()
    assert closed is not None
    slots.slot_change(slot_id=closed.pk, capacity=3, is_open=False, actor=agent)
    assert slots.slots_open_ahead(today=today) == 0
    closed.refresh_from_db()
    assert (closed.capacity, closed.is_open) == (3, False)
    assert slots.slots_open_ahead(today=today + timedelta(days=7)) > 0


def test_a_recurring_rule_opens_its_slots_and_can_be_stopped(pickups: None, agent: User) -> None:
    Pattern.objects.all().delete()
    today = timezone.localdate()
    pattern, opened = slots.pattern_create(
        sector=Sector.objects.get(pk="aix"),
        weekdays=[5, 5],
        interval_weeks=1,
        starts_on=today,
        ends_on=None,
        window=Window.MORNING,
        capacity=4,
        unit=CapacityUnit.OBJECTS,
        actor=agent,
    )
    assert 10 <= opened <= 13
    assert {slot.day.weekday() for slot in Slot.objects.all()} == {5}
    slots.pattern_set_active(pattern_id=pattern.id, is_active=False, actor=agent)
    assert slots.slots_open_ahead(today=today + timedelta(days=30)) == 0
    assert Slot.objects.count() == opened
    assert SettingChange.objects.filter(kind="pattern", actor=agent).count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"capacity": 0}, "capacity"),
        ({"ends_on": date(2020, 1, 1)}, "ends_on"),
    ],
)
def test_a_recurring_rule_that_opens_nothing_is_refused(
    pickups: None, agent: User, changes: dict[str, object], field: str
) -> None:
    values: dict[str, object] = {
        "sector": Sector.objects.get(pk="aix"),
        "weekdays": [0],
        "interval_weeks": 1,
        "starts_on": timezone.localdate(),
        "ends_on": None,
        "window": Window.MORNING,
        "capacity": 4,
        "unit": CapacityUnit.BOOKINGS,
        "actor": agent,
    }
    with pytest.raises(errors.SettingInvalid) as refusal:
        slots.pattern_create(**{**values, **changes})  # type: ignore[arg-type]
    assert field in refusal.value.fields


def test_one_slot_is_opened_once(pickups: None, agent: User) -> None:
    terms = {
        "sector": Sector.objects.get(pk="aix"),
        "day": timezone.localdate() + timedelta(days=3),
        "window": Window.AFTERNOON,
        "capacity": 2,
        "unit": CapacityUnit.BOOKINGS,
        "actor": agent,
    }
    slots.slot_open(**terms)  # type: ignore[arg-type]
    with pytest.raises(errors.SlotExists):
        slots.slot_open(**terms)  # type: ignore[arg-type]
    with pytest.raises(errors.DayPast):
        slots.slot_open(**{**terms, "day": timezone.localdate()})  # type: ignore[arg-type]
    assert SettingChange.objects.filter(kind="slot").count() == 1


def test_capacity_never_goes_below_what_is_booked(
    slot: Slot, book: Callable[..., object], agent: User
) -> None:
    book(slot)
    book(slot)
    with pytest.raises(errors.CapacityBelowUse) as refusal:
        slots.slot_change(slot_id=slot.pk, capacity=1, is_open=True, actor=agent)
    assert refusal.value.message.startswith("2 places")
    changed = slots.slot_change(slot_id=slot.pk, capacity=2, is_open=False, actor=agent)
    assert (changed.capacity, changed.left) == (2, 0)
    change = SettingChange.objects.get(kind="slot")
    assert sorted(change.differences) == [("capacité", 5, 2), ("ouvert", "oui", "non")]
