"""What happens to a booking: confirmed, changed, cancelled, and what the crew found.

Each public function is one transaction under the booking's lock.  State, place in the slot, history
and the citizen's notice commit together: after a crash none of it is there, and the same request
is refused or repeated without harm.
"""

import uuid
from collections.abc import Sequence
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ..errors import ReasonMissing, SlotFull, TooEarly, TooLate, TransitionRefused, UndoTooLate
from ..limits import Line, Load, check_load, load_of
from ..models import Booking, BookingStep, Reminder, Slot
from ..notices import tell
from ..selectors.settings import served_coverage_of
from ..workflow import STEPS, UNDO_DELAY, Moment, State, Step
from .bookings import announce, items_write, slot_give_back, slot_take

REASON_MAX_CHARS = 300


class Answer(StrEnum):
    """To the question of the evening before."""

    YES = "yes"
    NO = "no"
    CANCEL = "cancel"


@transaction.atomic
def booking_confirm(*, booking_id: uuid.UUID, actor: User | None = None) -> Booking:
    """The citizen will put the objects out; confirming twice changes nothing.

    Raises ``TransitionRefused``, ``TooLate``.
    """
    booking = _locked(booking_id)
    if booking.state == State.CONFIRMED:
        return booking
    return _advance(booking, "confirm", actor=actor)


@transaction.atomic
def booking_cancel(*, booking_id: uuid.UUID, actor: User | None = None) -> Booking:
    """Cancel and free the place; cancelling twice changes nothing.

    Raises ``TransitionRefused``, ``TooLate``.
    """
    booking = _locked(booking_id)
    if booking.state == State.CANCELLED:
        return booking
    return _advance(booking, "cancel", actor=actor)


@transaction.atomic
def reminder_answer(*, booking_id: uuid.UUID, answer: Answer) -> Booking:
    """What the citizen answers the evening before.

    Yes confirms and cancel cancels.  No keeps the place and puts the booking on the list of those
    to call: another date may suit.  Raises ``TransitionRefused``, ``TooLate``.
    """
    if answer is Answer.YES:
        return booking_confirm(booking_id=booking_id)
    if answer is Answer.CANCEL:
        return booking_cancel(booking_id=booking_id)
    booking = _locked(booking_id)
    booking.reminder = Reminder.TO_CALL
    return _advance(booking, "decline", actor=None)


@transaction.atomic
def booking_change(
    *,
    booking_id: uuid.UUID,
    slot_id: int | None,
    items: Sequence[tuple[str, int]] | None,
    actor: User | None = None,
) -> Booking:
    """Another slot, other objects, or both; ``None`` leaves one as it is.

    The old place is given back only together with taking the new one.  Both slots are locked in
    the order of their numbers.  Asking for what is booked already changes nothing.

    Raises ``TransitionRefused``, ``TooLate`` and all that ``booking_create`` says of slots, items
    and limits.
    """
    booking = _locked(booking_id)
    _check(booking, STEPS["change"])
    coverage = served_coverage_of(commune=booking.commune)
    load = _load_now(booking) if items is None else load_of(items)
    if items is not None:
        check_load(load, coverage.rule)
    target = slot_id or booking.slot_id
    is_moved = target != booking.slot_id
    if not is_moved and _same_items(booking, load):
        return booking
    list(Slot.objects.select_for_update().filter(pk__in={target, booking.slot_id}).order_by("pk"))
    before = f"{booking.slot.day:%d/%m/%Y}, {booking.objects_count} obj."
    slot_give_back(booking)
    if is_moved:
        booking.slot = slot_take(
            slot_id=target, sector=coverage.sector, rule=coverage.rule, objects=load.objects
        )
        booking.reminder = Reminder.NONE  # the question is about the day
    else:
        booking.slot = _slot_keep(booking, load)
    booking.objects_count = load.objects
    booking.litres = load.litres
    items_write(booking, load)
    after = f"{booking.slot.day:%d/%m/%Y}, {load.objects} obj."
    return _advance(booking, "change", actor=actor, reason=f"{before} → {after}", is_checked=True)


@transaction.atomic
def booking_contact_set(
    *, booking_id: uuid.UUID, contact: str, actor: User | None = None
) -> Booking:
    """Whom the crew asks for, until the day of the pickup; the history says that it was corrected,
    not the words.  The same again changes nothing.  Raises ``TransitionRefused``, ``TooLate``.
    """
    booking = _locked(booking_id)
    _check(booking, STEPS["correct"])
    if booking.contact == contact:
        return booking
    booking.contact = contact
    return _advance(booking, "correct", actor=actor, is_checked=True)


@transaction.atomic
def crew_record(*, booking_id: uuid.UUID, action: str, actor: User, reason: str = "") -> Booking:
    """What the crew found: ``done``, ``no_show`` or ``refuse_on_site`` with a reason.

    A repeated tap finds it recorded and changes nothing.
    Raises ``TransitionRefused``, ``TooEarly``, ``ReasonMissing``.
    """
    booking = _locked(booking_id)
    if booking.state == STEPS[action].target:
        return booking
    return _advance(booking, action, actor=actor, reason=reason.strip())


@transaction.atomic
def crew_undo(*, booking_id: uuid.UUID, actor: User) -> Booking:
    """Take back what the crew recorded, within ``UNDO_DELAY``; the state before comes back.

    Raises ``TransitionRefused``, ``UndoTooLate``.
    """
    booking = _locked(booking_id)
    _check(booking, STEPS["undo"])
    last = booking.steps.order_by("-id").first()
    assert last is not None  # a booking begins with a step
    if timezone.now() - last.at > UNDO_DELAY:
        raise UndoTooLate
    return _advance(booking, "undo", actor=actor, target=State(last.from_state), is_checked=True)


@transaction.atomic
def reminder_called(*, booking_id: uuid.UUID, actor: User) -> Booking:
    """An operator has tried to reach the person: the booking leaves the list of calls."""
    booking = _locked(booking_id)
    if booking.reminder == Reminder.TO_CALL:
        booking.reminder = Reminder.CALLED
        booking.save(update_fields=["reminder", "updated_at"])
        _step(booking, "call", booking.state, actor, "")
        announce(booking)
    return booking


def _locked(booking_id: uuid.UUID) -> Booking:
    return (
        Booking.objects.select_for_update(of=("self",))
        .select_related("slot", "commune", "conversation")
        .get(pk=booking_id)
    )


def _check(booking: Booking, step: Step) -> None:
    if booking.state not in step.sources:
        raise TransitionRefused(booking.state, State(booking.state).label)
    today = timezone.localdate()
    day = booking.slot.day
    if (step.moment is Moment.BEFORE and day <= today) or (
        step.moment is Moment.UNTIL and day < today
    ):
        raise TooLate
    if step.moment is Moment.FROM and day > today:
        raise TooEarly


def _advance(
    booking: Booking,
    action: str,
    *,
    actor: User | None,
    reason: str = "",
    target: State | None = None,
    is_checked: bool = False,
) -> Booking:
    """Take one step of the table."""
    step = STEPS[action]
    if not is_checked:
        _check(booking, step)
    if step.needs_reason and not reason:
        raise ReasonMissing
    if step.frees_place:
        slot_give_back(booking)
    before = State(booking.state)
    booking.state = target or step.target or before
    booking.save()
    _step(booking, action, before, actor, reason)
    if actor is not None and step.notice:
        tell(booking, step.notice, reason=reason)
    announce(booking)
    return booking


def _step(booking: Booking, action: str, before: str, actor: User | None, reason: str) -> None:
    BookingStep.objects.create(
        booking=booking,
        action=action,
        from_state=before,
        to_state=booking.state,
        reason=reason[:REASON_MAX_CHARS],
        by=BookingStep.By.STAFF if actor else BookingStep.By.CITIZEN,
        actor=actor,
    )


def _load_now(booking: Booking) -> Load:
    """What is booked, whatever became of the catalogue since."""
    return Load(tuple(Line(row.item, row.count) for row in booking.items.select_related("item")))


def _same_items(booking: Booking, load: Load) -> bool:
    now = dict(booking.items.values_list("item_id", "count"))
    return now == {line.item.code: line.count for line in load.lines}


def _slot_keep(booking: Booking, load: Load) -> Slot:
    """The booking's own slot with room for its new objects, whatever the notice period says."""
    slot = Slot.objects.select_for_update().get(pk=booking.slot_id)
    size = slot.size_of(load.objects)
    if slot.left < size:
        raise SlotFull
    slot.used += size
    slot.save(update_fields=["used"])
    return slot
