"""A Metropolis with its shipped defaults, and slots for tomorrow's week."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from agent_console.pickups.models import Booking, CapacityUnit, Sector, Slot, Window
from agent_console.pickups.services.bookings import booking_create
from agent_console.pickups.services.defaults import defaults_load
from agent_console.places.models import Commune
from agent_console.places.services import communes_load

AIX = "13001"
_COMMUNES: list[Commune] = []


@pytest.fixture
def pickups(db: None) -> None:
    """Communes, sectors, rules, catalogue; no slots."""
    if _COMMUNES:
        Commune.objects.bulk_create(_COMMUNES)
    else:  # row by row, which takes a while: once
        communes_load()
        _COMMUNES.extend(Commune.objects.order_by(F("parent").asc(nulls_first=True)))
    defaults_load()


@pytest.fixture
def aix(pickups: None) -> Commune:
    return Commune.objects.get(pk=AIX)


@pytest.fixture
def make_slot(pickups: None) -> Callable[..., Slot]:
    """Open a slot, in Aix in a week unless told otherwise."""

    def make(
        *,
        day: date | None = None,
        capacity: int = 5,
        unit: CapacityUnit = CapacityUnit.BOOKINGS,
        window: Window = Window.MORNING,
        sector: str = "aix",
    ) -> Slot:
        return Slot.objects.create(
            sector=Sector.objects.get(pk=sector),
            day=day or timezone.localdate() + timedelta(days=7),
            window=window,
            capacity=capacity,
            unit=unit,
        )

    return make


@pytest.fixture
def slot(make_slot: Callable[..., Slot]) -> Slot:
    return make_slot()


@pytest.fixture
def book(aix: Commune) -> Callable[..., Booking]:
    """Book a sofa and two chairs by phone; any argument may be another."""

    def make(slot: Slot, **changes: Any) -> Booking:
        values: dict[str, Any] = {
            "intake_key": f"test:{uuid.uuid4()}",
            "commune": aix,
            "address": "12 cours Mirabeau",
            "place": "devant le portail",
            "items": [("sofa", 1), ("chair", 2)],
            "slot_id": slot.pk,
            "channel": "phone",
            "contact": f"06 00 00 {uuid.uuid4().int % 10_000:04}",
        }
        return booking_create(**{**values, **changes})

    return make


@pytest.fixture
def agent(make_user: Callable[..., User]) -> User:
    return make_user("agent", "pickups.change_booking", "pickups.run_crew")


def on_the_day(slot: Slot) -> None:
    """Make the slot's day today, as time would."""
    Slot.objects.filter(pk=slot.pk).update(day=timezone.localdate())
