"""The question of the evening before: once, at the right time, or on the list of calls."""

from collections.abc import Callable
from datetime import datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from agent_console.conversations.models import Author, Conversation, Message
from agent_console.pickups import tasks
from agent_console.pickups.models import Booking, Reminder, Slot
from agent_console.pickups.selectors.bookings import bookings_to_call, calls_count
from agent_console.pickups.services.reminders import reminder_ask, reminders_due
from agent_console.pickups.services.steps import booking_cancel

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def evening_before(slot: Slot, hour: int = 18) -> datetime:
    day = slot.day - timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, 5, tzinfo=PARIS)


def test_it_is_asked_in_the_evening_only(slot: Slot, book: Callable[..., Booking]) -> None:
    booking = book(slot)
    asked = {hour: reminders_due(now=evening_before(slot, hour)) for hour in range(24)}
    assert {hour for hour, due in asked.items() if due} == {17, 18, 19, 20}
    assert asked[18] == [booking.id]
    assert reminders_due(now=evening_before(slot) - timedelta(days=1)) == []
    assert reminders_due(now=evening_before(slot) + timedelta(days=1)) == []


def test_the_job_asks_once_whatever_is_run_again(
    slot: Slot,
    book: Callable[..., Booking],
    conversation: Conversation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    booking = book(slot, conversation=conversation, contact="", channel="web")
    evening = evening_before(slot)
    monkeypatch.setattr(timezone, "now", lambda: evening)
    with patch("service_kit.jobs.connections.close_all"):
        for _ in range(3):
            tasks.reminders(timestamp=0)
        Booking.objects.filter(pk=booking.pk).update(reminder=Reminder.NONE)  # as after a restore
        tasks.reminders(timestamp=0)
    [message] = Message.objects.filter(conversation=conversation, author=Author.SYSTEM)
    assert booking.reference_display in message.text
    assert "«\u00a0oui\u00a0»" in message.text
    assert f"/encombrants/{booking.label_key}/" in message.text
    booking.refresh_from_db()
    assert booking.reminder == Reminder.SENT
    assert bookings_to_call() == []


def test_without_a_conversation_somebody_calls(slot: Slot, book: Callable[..., Booking]) -> None:
    booking = book(slot)
    for _ in range(2):
        assert reminder_ask(booking_id=booking.id, tomorrow=slot.day) == Reminder.TO_CALL
    assert bookings_to_call() == [booking]
    assert calls_count() == 1


def test_a_cancelled_or_moved_booking_is_not_asked(
    slot: Slot, book: Callable[..., Booking]
) -> None:
    booking = book(slot)
    other_day = slot.day + timedelta(days=1)
    assert reminder_ask(booking_id=booking.id, tomorrow=other_day) == Reminder.NONE
    booking_cancel(booking_id=booking.id)
    assert reminders_due(now=evening_before(slot)) == []
    assert reminder_ask(booking_id=booking.id, tomorrow=slot.day) == Reminder.NONE
