"""Taking in a booking.

Locks are always taken in one order (key, household, booking, slots by number), so that nobody waits
for somebody who waits for them.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from agent_console.citizens.models import Resident
from agent_console.citizens.services import resident_of_contact
from agent_console.conversations.announce import announce_console
from agent_console.conversations.models import Conversation
from agent_console.digests import folded, keyed_digest
from agent_console.places.models import Commune
from agent_console.references import Kind, new_reference
from service_kit.locks import lock_for_transaction

from ..errors import AddressMissing, IntakeConflict, SlotFull, SlotUnknown, TooManyBookings
from ..limits import Load, check_day, check_load, load_of
from ..models import Booking, BookingItem, BookingStep, CommuneRule, Sector, Slot
from ..selectors.settings import served_coverage_of
from ..workflow import State

_REFERENCE_TRIES = 8
# A household that cancelled, or whose pickup was refused, has not had one.
_COUNTED = (State.BOOKED, State.CONFIRMED, State.DONE, State.NO_SHOW)


@transaction.atomic
def booking_create(
    *,
    intake_key: str,
    commune: Commune,
    address: str,
    place: str,
    items: Sequence[tuple[str, int]],
    slot_id: int,
    channel: str,
    conversation: Conversation | None = None,
    resident: Resident | None = None,
    contact: str = "",
    actor: User | None = None,
) -> Booking:
    """Book a pickup; the same ``intake_key`` with the same content returns the first booking.

    ONE transaction holds the booking, its items, its first step and the place that it takes in its
    slot: after a crash either all of it is there, or nothing is and the sender sends it again.  The
    slot's row is locked before its places are counted and the database refuses more than its
    capacity, so the last place goes to one person.  Rules are checked once, here: a later change
    of a rule leaves what is booked alone.  ``resident`` is the conversation's when there is one.

    Raises ``ServedElsewhere``, ``NotServed``, ``ArrondissementNeeded``, ``AddressMissing``,
    ``NoItems``, ``ItemUnknown``, ``ItemForbidden``, ``TooManyObjects``, ``TooMuchVolume``,
    ``TooManyBookings``, ``SlotUnknown``, ``SlotTooSoon``, ``SlotTooFar``, ``SlotFull``,
    ``IntakeConflict``.
    """
    digest = _digest(
        commune.insee, address, place, sorted(items), slot_id, channel, contact,
        str(conversation.id) if conversation else "",
    )  # fmt: skip
    lock_for_transaction(f"pickup-key:{intake_key}")
    known = Booking.objects.filter(intake_key=intake_key).first()
    if known is not None:
        if bytes(known.intake_sha256) != digest:
            raise IntakeConflict(known.reference_display)
        return known
    coverage = served_coverage_of(commune=commune)
    if not address.strip():
        raise AddressMissing
    load = load_of(items)
    check_load(load, coverage.rule)
    resident = _resident(conversation) or resident
    household = household_digest(
        commune=commune, address=address, resident=resident, contact=contact
    )
    _check_household(household, coverage.rule)
    slot = slot_take(
        slot_id=slot_id, sector=coverage.sector, rule=coverage.rule, objects=load.objects
    )
    booking = _insert(
        slot=slot,
        commune=commune,
        address=address.strip(),
        place=place.strip(),
        objects_count=load.objects,
        litres=load.litres,
        channel=channel,
        conversation=conversation,
        resident=resident,
        contact=contact.strip(),
        household=household,
        intake_key=intake_key,
        intake_sha256=digest,
    )
    items_write(booking, load)
    BookingStep.objects.create(
        booking=booking,
        action="book",
        to_state=State.BOOKED,
        by=BookingStep.By.STAFF if actor else BookingStep.By.CITIZEN,
        actor=actor,
    )
    announce(booking)
    return booking


def slot_take(*, slot_id: int, sector: Sector, rule: CommuneRule, objects: int) -> Slot:
    """Take a place under the slot's lock, inside the caller's transaction.

    Raises ``SlotUnknown``, ``SlotTooSoon``, ``SlotTooFar``, ``SlotFull``.
    """
    slot = Slot.objects.select_for_update().filter(pk=slot_id, sector=sector).first()
    if slot is None or not slot.is_open:
        raise SlotUnknown
    check_day(slot.day, rule, timezone.localdate())
    size = slot.size_of(objects)
    if slot.left < size:
        raise SlotFull
    slot.used += size
    slot.save(update_fields=["used"])
    return slot


def slot_give_back(booking: Booking) -> None:
    """Free what a booking holds, inside the caller's transaction."""
    slot = Slot.objects.select_for_update().get(pk=booking.slot_id)
    slot.used -= slot.size_of(booking.objects_count)
    slot.save(update_fields=["used"])


def items_write(booking: Booking, load: Load) -> None:
    """Make a booking's items those of ``load``."""
    booking.items.all().delete()
    BookingItem.objects.bulk_create(
        BookingItem(
            booking=booking,
            item=line.item,
            count=line.count,
            litres_each=line.item.litres or 0,
        )
        for line in load.lines
    )


def household_digest(
    *, commune: Commune, address: str, resident: Resident | None, contact: str
) -> bytes:
    """What one household's bookings have in common, without storing it.

    The address alone would count a whole building as one household: the resident, else the digits
    or the name that were left, are part of it.
    """
    digits = "".join(char for char in contact if char.isdecimal())
    who = str(resident.id) if resident else (digits[-9:] or folded(contact))
    text = f"{commune.insee}\0{folded(address)}\0{who}"
    return keyed_digest(domain="pickups.household", text=text)


def announce(booking: Booking) -> None:
    """Tell operators' screens."""
    announce_console(topics=["pickups", f"pickup:{booking.reference}"])


def _check_household(household: bytes, rule: CommuneRule) -> None:
    lock_for_transaction(f"pickup-household:{household.hex()}")
    since = timezone.now() - timedelta(days=rule.period_days)
    count = Booking.objects.filter(
        household=household, created_at__gte=since, state__in=_COUNTED
    ).count()
    if count >= rule.max_bookings:
        raise TooManyBookings(rule.max_bookings, rule.period_days)


def _resident(conversation: Conversation | None) -> Resident | None:
    if conversation is None:
        return None
    return resident_of_contact(contact_point_id=conversation.contact_point_id)


def _insert(**values: object) -> Booking:
    for attempt in range(_REFERENCE_TRIES):
        try:
            with transaction.atomic():  # a savepoint: a reference that exists must not end it all
                return Booking.objects.create(reference=new_reference(Kind.PICKUP), **values)
        except IntegrityError:
            if attempt == _REFERENCE_TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _digest(*parts: object) -> bytes:
    return hashlib.sha256(json.dumps(parts).encode()).digest()
