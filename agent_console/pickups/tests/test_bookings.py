"""Taking in a booking: success, every refusal, repetition."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from agent_console.conversations.models import Conversation
from agent_console.pickups import errors
from agent_console.pickups.models import Booking, BookingStep, CapacityUnit, CommuneRule, Slot
from agent_console.pickups.services.steps import booking_cancel
from agent_console.places.models import Commune
from agent_console.references import Kind, kind_of, new_reference

pytestmark = pytest.mark.django_db
Book = Callable[..., Booking]
MakeSlot = Callable[..., Slot]


def test_a_booking_takes_a_place_and_keeps_what_was_said(slot: Slot, book: Book) -> None:
    booking = book(slot)
    slot.refresh_from_db()
    assert slot.used == 1
    assert (booking.objects_count, booking.litres) == (3, 1200 + 2 * 120)
    assert kind_of(booking.reference) is Kind.PICKUP
    assert booking.place_label == "12 cours Mirabeau, Aix-en-Provence"
    [step] = booking.steps.all()
    assert (step.action, step.from_state, step.to_state) == ("book", "", "booked")


def test_a_reports_reference_is_never_a_pickups() -> None:
    assert {kind_of(new_reference()) for _ in range(200)} == {Kind.REPORT}
    assert {kind_of(new_reference(Kind.PICKUP)) for _ in range(200)} == {Kind.PICKUP}


def test_the_database_refuses_a_reference_of_the_other_kind(slot: Slot, book: Book) -> None:
    booking = book(slot)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(reference=new_reference())


def test_the_same_key_returns_the_first_booking(slot: Slot, book: Book) -> None:
    first = book(slot, intake_key="a-key", contact="06")
    again = book(slot, intake_key="a-key", contact="06")
    slot.refresh_from_db()
    assert first == again
    assert slot.used == 1
    with pytest.raises(errors.IntakeConflict) as refusal:
        book(slot, intake_key="a-key", contact="06", address="14 cours Mirabeau")
    assert refusal.value.fields == {"reference": first.reference_display}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"address": "  "}, errors.AddressMissing),
        ({"items": []}, errors.NoItems),
        ({"items": [("sofa", 0)]}, errors.NoItems),
        ({"items": [("nothing", 1)]}, errors.ItemUnknown),
        ({"items": [("sofa", 1), ("tyre", 1)]}, errors.ItemForbidden),
        ({"items": [("chair", 9)]}, errors.TooManyObjects),
        ({"items": [("sofa", 3)]}, errors.TooMuchVolume),
    ],
)
def test_what_the_rule_does_not_allow_is_refused(
    slot: Slot, book: Book, changes: dict[str, Any], error: type[errors.PickupError]
) -> None:
    with pytest.raises(error):
        book(slot, **changes)
    slot.refresh_from_db()
    assert slot.used == 0
    assert not Booking.objects.exists()


def test_a_refusal_of_volume_says_how_much_in_words(slot: Slot, book: Book) -> None:
    with pytest.raises(errors.TooMuchVolume) as refusal:
        book(slot, items=[("sofa", 3)])
    assert refusal.value.message == (
        "3,6\u00a0m³, c’est trop pour un passage\u00a0: 3\u00a0m³ au plus."
    )


def test_another_operators_commune_gets_its_number(slot: Slot, book: Book) -> None:
    with pytest.raises(errors.ServedElsewhere) as refusal:
        book(slot, commune=Commune.objects.get(pk="13041"))
    assert refusal.value.fields["phone"] == "04 42 91 49 00"
    assert "Ville de Gardanne" in refusal.value.message


def test_marseille_needs_its_arrondissement(slot: Slot, book: Book) -> None:
    with pytest.raises(errors.ArrondissementNeeded):
        book(slot, commune=Commune.objects.get(pk="13055"))


def test_an_arrondissement_has_the_rule_of_its_commune(make_slot: MakeSlot, book: Book) -> None:
    slot = make_slot(sector="marseille-centre")
    paradis = Commune.objects.get(pk="13206")
    with pytest.raises(errors.TooManyObjects) as refusal:
        book(slot, commune=paradis, items=[("chair", 7)])
    assert refusal.value.fields["max_objects"] == "6"
    assert book(slot, commune=paradis, items=[("chair", 6)]).slot == slot


@pytest.mark.parametrize(
    ("days", "error"), [(1, errors.SlotTooSoon), (43, errors.SlotTooFar), (0, errors.SlotTooSoon)]
)
def test_a_day_outside_the_rules_is_refused(
    make_slot: MakeSlot, book: Book, days: int, error: type[errors.PickupError]
) -> None:
    slot = make_slot(day=timezone.localdate() + timedelta(days=days))
    with pytest.raises(error):
        book(slot)


def test_another_sectors_or_a_closed_slot_is_refused(make_slot: MakeSlot, book: Book) -> None:
    with pytest.raises(errors.SlotUnknown):
        book(make_slot(sector="salon"))
    closed = make_slot()
    Slot.objects.filter(pk=closed.pk).update(is_open=False)
    with pytest.raises(errors.SlotUnknown):
        book(closed)


def test_a_full_slot_is_refused_by_bookings_or_objects(make_slot: MakeSlot, book: Book) -> None:
    one = make_slot(capacity=1)
    book(one)
    with pytest.raises(errors.SlotFull):
        book(one)
    five_objects = make_slot(
        capacity=5, unit=CapacityUnit.OBJECTS, day=timezone.localdate() + timedelta(days=8)
    )
    book(five_objects, items=[("chair", 3)])
    with pytest.raises(errors.SlotFull):
        book(five_objects, items=[("chair", 3)])
    book(five_objects, items=[("chair", 2)])
    five_objects.refresh_from_db()
    assert five_objects.left == 0


def test_a_household_has_its_number_of_bookings(slot: Slot, book: Book) -> None:
    first = book(slot, contact="Mme Durand, 06 12 34 56 78")
    book(slot, contact="+33 6 12 34 56 78")
    with pytest.raises(errors.TooManyBookings):
        book(slot, contact="0612345678")
    book(slot, contact="06 99 99 99 99")  # a neighbour at the same address
    booking_cancel(booking_id=first.id)
    book(slot, contact="0612345678")


def test_a_conversations_booking_belongs_to_its_resident(
    slot: Slot, book: Book, conversation: Conversation
) -> None:
    booking = book(slot, conversation=conversation, contact="", channel="web")
    assert booking.resident is not None
    assert (
        booking.resident
        == conversation.contact_point.__class__.objects.get(
            pk=conversation.contact_point_id
        ).resident
    )


def test_history_cannot_be_rewritten(slot: Slot, book: Book) -> None:
    book(slot)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        BookingStep.objects.update(reason="autre")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        BookingStep.objects.all().delete()


def test_the_database_refuses_an_overfull_slot(slot: Slot) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(used=6)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE pickups_slot SET used = -1 WHERE id = %s", [slot.pk])


def test_one_general_rule_only(pickups: None) -> None:
    rule = CommuneRule.objects.get(commune=None)
    rule.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        rule.save()
