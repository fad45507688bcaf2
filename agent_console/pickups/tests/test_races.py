"""Two people can't take the last place: threads against the real database."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from agent_console.pickups import errors
from agent_console.pickups.models import Booking, CapacityUnit, Slot
from agent_console.pickups.services.steps import booking_cancel, booking_change

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8
Book = Callable[..., Booking]


@pytest.fixture
def at_once() -> Callable[..., list[object]]:
    """Run the same kind of act in many threads that start together; errors are results."""
    barrier = Barrier(THREADS, timeout=30)

    def one(act: Callable[[int], object], number: int) -> object:
        try:
            barrier.wait()
            return act(number)
        except errors.PickupError as refusal:
            return refusal.code
        finally:
            connection.close()

    def run(act: Callable[[int], object]) -> list[object]:
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(lambda number: one(act, number), range(THREADS)))

    return run


def test_the_last_place_goes_to_one_person(
    make_slot: Callable[..., Slot], book: Book, at_once: Callable[..., list[object]]
) -> None:
    slot = make_slot(capacity=1)
    results = at_once(lambda number: book(slot, contact=f"personne {number}"))
    slot.refresh_from_db()
    assert results.count("slot_full") == THREADS - 1
    assert Booking.objects.count() == slot.used == 1


def test_the_last_objects_are_never_overbooked(
    make_slot: Callable[..., Slot], book: Book, at_once: Callable[..., list[object]]
) -> None:
    slot = make_slot(capacity=10, unit=CapacityUnit.OBJECTS)
    results = at_once(lambda number: book(slot, contact=f"personne {number}", items=[("chair", 3)]))
    slot.refresh_from_db()
    assert results.count("slot_full") == THREADS - 3
    assert slot.used == 9


def test_one_request_sent_many_times_is_one_booking(
    make_slot: Callable[..., Slot], book: Book, at_once: Callable[..., list[object]]
) -> None:
    slot = make_slot()
    key = f"test:{uuid.uuid4()}"
    results = at_once(lambda number: book(slot, intake_key=key, contact="06").reference)
    slot.refresh_from_db()
    assert len(set(results)) == 1
    assert Booking.objects.count() == slot.used == 1


def test_a_household_cannot_slip_past_its_limit(
    make_slot: Callable[..., Slot], book: Book, at_once: Callable[..., list[object]]
) -> None:
    slot = make_slot(capacity=50)
    results = at_once(lambda number: book(slot, contact="06 12 34 56 78"))
    assert results.count("household_limit_reached") == THREADS - 2
    assert Booking.objects.count() == 2


def test_a_cancellation_pressed_many_times_frees_one_place(
    make_slot: Callable[..., Slot], book: Book, at_once: Callable[..., list[object]]
) -> None:
    slot = make_slot()
    kept, gone = book(slot), book(slot)
    at_once(lambda number: booking_cancel(booking_id=gone.id).reference)
    slot.refresh_from_db()
    kept.refresh_from_db()
    assert (slot.used, kept.state) == (1, "booked")


def test_moves_in_both_directions_neither_lose_nor_invent_places(
    make_slot: Callable[..., Slot], book: Book, at_once: Callable[..., list[object]]
) -> None:
    slots = [make_slot(capacity=20), make_slot(capacity=20, window="afternoon")]
    bookings = [book(slots[number % 2]) for number in range(THREADS)]

    def move(number: int) -> str:
        other = slots[(number + 1) % 2]
        return booking_change(
            booking_id=bookings[number].id, slot_id=other.pk, items=None
        ).reference

    results = at_once(move)
    for slot in slots:
        slot.refresh_from_db()
    assert results == [booking.reference for booking in bookings]
    assert [slot.used for slot in slots] == [THREADS // 2] * 2
