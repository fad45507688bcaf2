"""The question of the evening before."""

import uuid
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from ..models import Booking, Reminder
from ..notices import tell_evening
from ..workflow import State
from .bookings import announce

# Between these (Europe/Paris) the question goes out; the hub keeps its own quiet hours as well.
ASK_FROM, ASK_UNTIL = time(17, 0), time(21, 0)


def reminders_due(*, now: datetime) -> list[uuid.UUID]:
    """Bookings of tomorrow that nobody was asked about yet; none outside the evening."""
    local = timezone.localtime(now)
    if not ASK_FROM <= local.time() < ASK_UNTIL:
        return []
    return list(
        Booking.objects.filter(
            slot__day=local.date() + timedelta(days=1),
            state__in=(State.BOOKED, State.CONFIRMED),
            reminder=Reminder.NONE,
        ).values_list("id", flat=True)
    )


@transaction.atomic
def reminder_ask(*, booking_id: uuid.UUID, tomorrow: date) -> Reminder:
    """Ask by the citizen's channel, once per day of pickup; without one, list it for a call.

    ONE transaction holds the mark and the message: after a crash neither is there and the next run
    asks.  The booking's lock makes two runs at once ask once.
    """
    booking = (
        Booking.objects.select_for_update(of=("self",))
        .select_related("slot", "commune", "conversation")
        .get(pk=booking_id)
    )
    if booking.reminder != Reminder.NONE or not booking.is_live or booking.slot.day != tomorrow:
        return Reminder(booking.reminder)
    booking.reminder = Reminder.SENT if tell_evening(booking) else Reminder.TO_CALL
    booking.save(update_fields=["reminder", "updated_at"])
    announce(booking)
    return Reminder(booking.reminder)
