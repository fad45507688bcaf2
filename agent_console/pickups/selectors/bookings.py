"""Reads of slots and bookings."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from agent_console.citizens.selectors import is_same_person, residents_same
from agent_console.conversations.models import Conversation
from agent_console.references import parse_reference

from ..limits import first_day, last_day
from ..models import Booking, BookingItem, CommuneRule, Reminder, Sector, Slot, Window
from ..workflow import LIVE, State

# Mornings come first.
_WINDOW_ORDER = Case(
    When(window=Window.MORNING, then=Value(0)), default=Value(1), output_field=IntegerField()
)


def slots_free(*, sector: Sector, rule: CommuneRule, objects: int, limit: int = 200) -> list[Slot]:
    """Slots that may be booked today for so many objects, the nearest first."""
    today = timezone.localdate()
    open_slots = Slot.objects.filter(
        sector=sector,
        is_open=True,
        day__gte=first_day(rule, today),
        day__lte=last_day(rule, today),
        used__lt=F("capacity"),
    )
    fitting = Q(unit="bookings") | Q(used__lte=F("capacity") - objects)
    return list(open_slots.filter(fitting).order_by("day", _WINDOW_ORDER)[:limit])


def slots_of(*, sector: Sector, first: date, last: date) -> list[Slot]:
    """All slots of a sector between two days, both included."""
    return list(
        Slot.objects.filter(sector=sector, day__gte=first, day__lte=last).order_by(
            "day", _WINDOW_ORDER
        )
    )


def slot_find(*, slot_id: int) -> Slot | None:
    """One slot with its sector."""
    return Slot.objects.select_related("sector").filter(pk=slot_id).first()


def booking_find(*, reference: str) -> Booking | None:
    """The booking of a reference in any spelling, with all that its page shows."""
    digits = parse_reference(reference)
    return _full().filter(reference=digits).first() if digits else None


def booking_of_label(*, label_key: uuid.UUID) -> Booking | None:
    """The booking whose label has this address."""
    return _full().filter(label_key=label_key).first()


def bookings_of_conversation(*, conversation: Conversation, limit: int = 20) -> list[Booking]:
    """What was booked in a conversation or by its resident, the next pickup first."""
    mine = Q(conversation=conversation)
    if conversation.contact_point.resident_id:
        mine |= Q(
            resident_id__in=residents_same(resident_id=conversation.contact_point.resident_id)
        )
    return list(_full().filter(mine).order_by("-slot__day", "-created_at")[:limit])


def is_theirs(*, booking: Booking, conversation: Conversation) -> bool:
    """Whether whoever speaks in ``conversation`` made the booking."""
    return booking.conversation_id == conversation.id or is_same_person(
        one=conversation.contact_point.resident_id, other=booking.resident_id
    )


def bookings_search(
    *, text: str = "", state: str = "", day: date | None = None, limit: int = 100
) -> list[Booking]:
    """By reference, address or contact; the newest first."""
    found = _full()
    if state in State.values:
        found = found.filter(state=state)
    if day is not None:
        found = found.filter(slot__day=day)
    digits = parse_reference(text)
    if digits:
        found = found.filter(reference=digits)
    elif text:
        found = found.filter(
            Q(address__icontains=text) | Q(contact__icontains=text) | Q(place__icontains=text)
        )
    return list(found.order_by("-created_at")[:limit])


def bookings_to_call() -> list[Booking]:
    """Those whom the question of the evening before can't reach, or who said no."""
    return list(
        _full()
        .filter(reminder=Reminder.TO_CALL, state__in=LIVE, slot__day__gte=timezone.localdate())
        .order_by("slot__day", "commune__name", "address")
    )


def calls_count() -> int:
    """How many ``bookings_to_call`` lists."""
    return Booking.objects.filter(
        reminder=Reminder.TO_CALL, state__in=LIVE, slot__day__gte=timezone.localdate()
    ).count()


@dataclass(frozen=True)
class Round:
    """A crew's day in one sector."""

    sector: Sector
    day: date
    bookings: Sequence[Booking]

    @property
    def left(self) -> int:
        """Addresses where nobody was yet."""
        return sum(booking.is_live for booking in self.bookings)

    @property
    def litres(self) -> int:
        """Volume of all that is to be taken."""
        return sum(booking.litres for booking in self.bookings)


def crew_round(*, sector: Sector, day: date) -> Round:
    """What one crew visits: by half-day, then by address; the cancelled ones are left out."""
    order = Case(
        When(slot__window=Window.MORNING, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    bookings = (
        _full()
        .filter(slot__sector=sector, slot__day=day)
        .exclude(state=State.CANCELLED)
        .order_by(order)
    )
    return Round(sector, day, sorted(bookings, key=_by_street))


def items_of(*, booking: Booking) -> QuerySet[BookingItem]:
    """What a booking takes along."""
    return booking.items.select_related("item")


def _by_street(booking: Booking) -> tuple[int, str, str, int, str]:
    """Half-day, commune, street, house number: the order in which a round is driven."""
    number, _, street = booking.address.partition(" ")
    digits = "".join(char for char in number if char.isdecimal())
    name = street if digits else booking.address
    return (
        0 if booking.slot.window == Window.MORNING else 1,
        booking.commune.insee,
        name.casefold(),
        int(digits or 0),
        booking.address,
    )


def _full() -> QuerySet[Booking]:
    return Booking.objects.select_related(
        "slot__sector", "commune", "conversation", "resident"
    ).prefetch_related("items__item", "steps__actor")
