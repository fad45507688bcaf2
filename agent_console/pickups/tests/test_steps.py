"""The life of a booking: every step, every refusal, what the citizen is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from agent_console.conversations.models import Author, Conversation, Message
from agent_console.pickups import errors
from agent_console.pickups.models import Booking, Reminder, Slot
from agent_console.pickups.services import steps
from agent_console.pickups.services.steps import Answer
from agent_console.pickups.tests.conftest import on_the_day
from agent_console.pickups.workflow import CREW_SAID, LIVE, STEPS, UNDO_DELAY, State

pytestmark = pytest.mark.django_db
Book = Callable[..., Booking]


def notices(conversation: Conversation) -> list[str]:
    found = Message.objects.filter(conversation=conversation, author=Author.SYSTEM)
    return list(found.order_by("seq").values_list("text", flat=True))


def test_the_table_knows_every_state() -> None:
    reached = {step.target for step in STEPS.values()} | set(LIVE) | set(CREW_SAID)
    assert reached - {None} == set(State)
    ended = set(State) - LIVE
    assert all(not (step.sources & ended) for name, step in STEPS.items() if name != "undo")


def test_confirm_then_cancel_frees_the_place(slot: Slot, book: Book) -> None:
    booking = book(slot)
    assert steps.booking_confirm(booking_id=booking.id).state == State.CONFIRMED
    assert steps.booking_confirm(booking_id=booking.id).state == State.CONFIRMED
    assert steps.booking_cancel(booking_id=booking.id).state == State.CANCELLED
    assert steps.booking_cancel(booking_id=booking.id).state == State.CANCELLED
    slot.refresh_from_db()
    assert slot.used == 0
    assert [step.action for step in booking.steps.all()] == ["book", "confirm", "cancel"]
    with pytest.raises(errors.TransitionRefused) as refusal:
        steps.booking_confirm(booking_id=booking.id)
    assert "Annulé" in refusal.value.message


def test_the_crew_records_and_takes_back(slot: Slot, book: Book, agent: User) -> None:
    booking = book(slot)
    steps.booking_confirm(booking_id=booking.id)
    with pytest.raises(errors.TooEarly):
        steps.crew_record(booking_id=booking.id, action="done", actor=agent)
    on_the_day(slot)
    for _ in range(2):  # a tap that is repeated
        done = steps.crew_record(booking_id=booking.id, action="done", actor=agent)
        assert done.state == State.DONE
    with pytest.raises(errors.TransitionRefused):
        steps.crew_record(booking_id=booking.id, action="no_show", actor=agent)
    assert steps.crew_undo(booking_id=booking.id, actor=agent).state == State.CONFIRMED
    with pytest.raises(errors.TransitionRefused):
        steps.crew_undo(booking_id=booking.id, actor=agent)
    assert [step.action for step in booking.steps.all()] == ["book", "confirm", "done", "undo"]
    assert booking.steps.last().actor == agent  # type: ignore[union-attr]


def test_a_refusal_on_site_needs_a_reason(slot: Slot, book: Book, agent: User) -> None:
    booking = book(slot)
    on_the_day(slot)
    with pytest.raises(errors.ReasonMissing):
        steps.crew_record(booking_id=booking.id, action="refuse_on_site", actor=agent, reason="  ")
    refused = steps.crew_record(
        booking_id=booking.id, action="refuse_on_site", actor=agent, reason="Gravats"
    )
    assert refused.state == State.REFUSED_ON_SITE
    assert refused.steps.last().reason == "Gravats"  # type: ignore[union-attr]


def test_taking_back_has_its_time(
    slot: Slot, book: Book, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = book(slot)
    on_the_day(slot)
    steps.crew_record(booking_id=booking.id, action="no_show", actor=agent)
    later = timezone.now() + UNDO_DELAY + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(errors.UndoTooLate):
        steps.crew_undo(booking_id=booking.id, actor=agent)


def test_nothing_is_cancelled_after_the_day(slot: Slot, book: Book) -> None:
    booking = book(slot)
    Slot.objects.filter(pk=slot.pk).update(day=timezone.localdate() - timedelta(days=1))
    with pytest.raises(errors.TooLate):
        steps.booking_cancel(booking_id=booking.id)


def test_a_change_of_day_moves_the_place_and_asks_again(
    make_slot: Callable[..., Slot], book: Book
) -> None:
    old, new = make_slot(), make_slot(window="afternoon")
    booking = book(old)
    Booking.objects.filter(pk=booking.pk).update(reminder=Reminder.SENT, state=State.CONFIRMED)
    moved = steps.booking_change(booking_id=booking.id, slot_id=new.pk, items=None)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.used, new.used) == (0, 1)
    assert (moved.state, moved.reminder) == (State.BOOKED, Reminder.NONE)
    assert moved.objects_count == 3


def test_a_change_to_a_full_slot_changes_nothing(
    make_slot: Callable[..., Slot], book: Book
) -> None:
    old, full = make_slot(), make_slot(window="afternoon", capacity=1)
    book(full)
    booking = book(old)
    with pytest.raises(errors.SlotFull):
        steps.booking_change(booking_id=booking.id, slot_id=full.pk, items=None)
    old.refresh_from_db()
    booking.refresh_from_db()
    assert (old.used, booking.slot_id) == (1, old.pk)


def test_a_change_of_objects_keeps_the_slot_and_the_limits(slot: Slot, book: Book) -> None:
    booking = book(slot)
    changed = steps.booking_change(booking_id=booking.id, slot_id=None, items=[("fridge", 1)])
    assert (changed.objects_count, changed.litres) == (1, 600)
    assert [(row.item_id, row.count) for row in changed.items.all()] == [("fridge", 1)]
    with pytest.raises(errors.TooMuchVolume):
        steps.booking_change(booking_id=booking.id, slot_id=None, items=[("sofa", 4)])
    with pytest.raises(errors.ItemForbidden):
        steps.booking_change(booking_id=booking.id, slot_id=None, items=[("rubble", 1)])
    booking.refresh_from_db()
    slot.refresh_from_db()
    assert (booking.litres, slot.used) == (600, 1)


def test_a_change_that_changes_nothing_leaves_no_trace(slot: Slot, book: Book) -> None:
    booking = book(slot)
    steps.booking_change(booking_id=booking.id, slot_id=slot.pk, items=[("chair", 2), ("sofa", 1)])
    assert booking.steps.count() == 1


def test_no_change_on_the_day_itself(slot: Slot, book: Book) -> None:
    booking = book(slot)
    on_the_day(slot)
    with pytest.raises(errors.TooLate):
        steps.booking_change(booking_id=booking.id, slot_id=None, items=[("fridge", 1)])


def test_what_an_agent_does_is_told_once_and_the_citizens_own_act_is_not(
    slot: Slot, book: Book, agent: User, conversation: Conversation
) -> None:
    own = book(slot, conversation=conversation, contact="", channel="web")
    steps.booking_cancel(booking_id=own.id)
    assert notices(conversation) == []
    other = book(slot, conversation=conversation, contact="", channel="web")
    for _ in range(2):
        steps.booking_cancel(booking_id=other.id, actor=agent)
    [text] = notices(conversation)
    assert other.reference_display in text
    assert "est annulé" in text


def test_an_english_conversation_is_told_in_english(
    slot: Slot, book: Book, agent: User, conversation: Conversation
) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(locale="en")
    booking = book(slot, conversation=conversation, contact="", channel="web")
    on_the_day(slot)
    steps.crew_record(booking_id=booking.id, action="no_show", actor=agent)
    assert "did not find the objects" in notices(conversation)[0]


def test_no_puts_the_booking_on_the_list_of_calls(slot: Slot, book: Book, agent: User) -> None:
    booking = book(slot)
    assert steps.reminder_answer(booking_id=booking.id, answer=Answer.YES).state == "confirmed"
    said_no = steps.reminder_answer(booking_id=booking.id, answer=Answer.NO)
    assert (said_no.state, said_no.reminder) == (State.BOOKED, Reminder.TO_CALL)
    slot.refresh_from_db()
    assert slot.used == 1
    called = steps.reminder_called(booking_id=booking.id, actor=agent)
    assert called.reminder == Reminder.CALLED
    cancelled = steps.reminder_answer(booking_id=booking.id, answer=Answer.CANCEL)
    assert cancelled.state == State.CANCELLED
