"""Pickups for the dialogue's actions: objects, rules, slots, bookings."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router, Status

from agent_console.conversations.models import Conversation
from service_kit.openapi import problems
from service_kit.problems import Problem, refuse
from service_kit.tokens import require_scope

from ..errors import IntakeConflict, PickupError, SlotFull, TooLate, TransitionRefused
from ..models import Booking
from ..selectors.bookings import (
    booking_find,
    bookings_of_conversation,
    is_theirs,
    slots_free,
)
from ..selectors.settings import commune_named, coverage_of, items_said, served_coverage_of
from ..services import steps
from ..services.bookings import booking_create
from .etags import tagged
from .schemas import (
    AnswerIn,
    BookingIn,
    BookingOut,
    BookingsOut,
    ChangeIn,
    CoverageOut,
    IntakeKey,
    ItemsIn,
    ItemsOut,
    PlaceIn,
    Reference,
    SlotsIn,
    SlotsOut,
    TheirsIn,
)
from .shapes import booking_out, coverage_out, items_out, slot_out

READ, WRITE = "pickups:read", "pickups:write"
router = Router(tags=["pickups"])
# The state of things is in the way, not the request itself.
_CONFLICTS = (IntakeConflict, SlotFull, TransitionRefused, TooLate)


@router.post(
    "/items", response={200: ItemsOut, **problems(400, 401, 403, 422)}, operation_id="pickup_items"
)
def items(request: HttpRequest, payload: ItemsIn) -> ItemsOut:
    """Which objects a text names: accepted, forbidden (with where to take them), or unknown."""
    require_scope(request, READ)
    return items_out(items_said(text=payload.text), payload.locale)


@router.post(
    "/rules",
    response={200: CoverageOut, **problems(400, 401, 403, 422)},
    operation_id="pickup_rules",
)
def rules(request: HttpRequest, payload: PlaceIn) -> CoverageOut:
    """Who collects at a place and under which rule.

    A POST, so that places don't end up in the logs of addresses.
    """
    require_scope(request, READ)
    with _refusals():
        commune = commune_named(insee=payload.insee or "", place=payload.place)
        return coverage_out(coverage_of(commune=commune))


@router.get(
    "/slots",
    response={200: SlotsOut, 304: None, **problems(401, 403, 422)},
    operation_id="pickup_slots",
)
def slots(
    request: HttpRequest,
    query: Query[SlotsIn],
) -> HttpResponse:
    """Slots with room for so many objects, the nearest first; has an ETag."""
    require_scope(request, READ)
    with _refusals():
        coverage = served_coverage_of(commune=commune_named(insee=query.insee))
    free = slots_free(
        sector=coverage.sector, rule=coverage.rule, objects=query.objects, limit=query.limit
    )
    return tagged(request, SlotsOut(slots=[slot_out(slot, query.locale) for slot in free]))


@router.post(
    "",
    response={201: BookingOut, **problems(400, 401, 403, 404, 409, 422)},
    operation_id="pickup_create",
)
def create(
    request: HttpRequest, payload: BookingIn, idempotency_key: Header[IntakeKey]
) -> Status[BookingOut]:
    """Book a pickup; the same Idempotency-Key and body return the first booking."""
    token = require_scope(request, WRITE)
    conversation = _conversation(payload.conversation)
    with _refusals():
        booking = booking_create(
            intake_key=f"{token.name}:{idempotency_key}",
            commune=commune_named(
                insee=payload.insee or "", place=payload.commune or payload.address
            ),
            address=payload.address,
            place=payload.place,
            items=[(line.code, line.count) for line in payload.items],
            slot_id=payload.slot,
            channel=conversation.channel,
            conversation=conversation,
        )
    return Status(201, booking_out(booking, conversation.locale))


@router.get(
    "",
    response={200: BookingsOut, 304: None, **problems(401, 403, 404, 422)},
    operation_id="pickup_list",
)
def mine(request: HttpRequest, conversation: Query[uuid.UUID]) -> HttpResponse:
    """Bookings of whoever speaks in a conversation, the latest day first, 20 at most."""
    require_scope(request, READ)
    found = _conversation(conversation)
    bookings = bookings_of_conversation(conversation=found)
    return tagged(
        request, BookingsOut(bookings=[booking_out(row, found.locale) for row in bookings])
    )


@router.get(
    "/{reference}",
    response={200: BookingOut, 304: None, **problems(401, 403, 404, 422)},
    operation_id="pickup_get",
)
def get(request: HttpRequest, reference: Reference, conversation: Query[uuid.UUID]) -> HttpResponse:
    """One booking, in any spelling of its reference; has an ETag."""
    require_scope(request, READ)
    booking, found = _theirs(reference, conversation)
    return tagged(request, booking_out(booking, found.locale))


@router.post(
    "/{reference}/change",
    response={200: BookingOut, **problems(400, 401, 403, 404, 409, 422)},
    operation_id="pickup_change",
)
def change(request: HttpRequest, reference: Reference, payload: ChangeIn) -> BookingOut:
    """Another slot, other objects; asking for what is booked already changes nothing."""
    require_scope(request, WRITE)
    booking, conversation = _theirs(reference, payload.conversation)
    wanted = None if payload.items is None else [(row.code, row.count) for row in payload.items]
    with _refusals():
        changed = steps.booking_change(booking_id=booking.id, slot_id=payload.slot, items=wanted)
    return booking_out(changed, conversation.locale)


@router.post(
    "/{reference}/cancel",
    response={200: BookingOut, **problems(400, 401, 403, 404, 409, 422)},
    operation_id="pickup_cancel",
)
def cancel(request: HttpRequest, reference: Reference, payload: TheirsIn) -> BookingOut:
    """Cancel and free the place; cancelling twice changes nothing."""
    require_scope(request, WRITE)
    booking, conversation = _theirs(reference, payload.conversation)
    with _refusals():
        cancelled = steps.booking_cancel(booking_id=booking.id)
    return booking_out(cancelled, conversation.locale)


@router.post(
    "/{reference}/confirm",
    response={200: BookingOut, **problems(400, 401, 403, 404, 409, 422)},
    operation_id="pickup_confirm",
)
def confirm(request: HttpRequest, reference: Reference, payload: AnswerIn) -> BookingOut:
    """The answer to the evening's question: yes, no (keeps the place, somebody calls), cancel."""
    require_scope(request, WRITE)
    booking, conversation = _theirs(reference, payload.conversation)
    with _refusals():
        answered = steps.reminder_answer(booking_id=booking.id, answer=payload.answer)
    return booking_out(answered, conversation.locale)


@contextmanager
def _refusals() -> Iterator[None]:
    """This app's errors as problems: 409 where the state of things is in the way, else 422."""
    try:
        yield
    except PickupError as error:
        status = 409 if isinstance(error, _CONFLICTS) else 422
        raise Problem(status, error.code, error.message, error.fields) from error


def _conversation(conversation_id: uuid.UUID) -> Conversation:
    conversation = (
        Conversation.objects.select_related("contact_point").filter(pk=conversation_id).first()
    )
    if conversation is None:
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    return conversation


def _theirs(reference: str, conversation_id: uuid.UUID) -> tuple[Booking, Conversation]:
    """The booking, to nobody but those who made it: a reference alone opens nothing."""
    conversation = _conversation(conversation_id)
    booking = booking_find(reference=reference)
    if booking is None:
        refuse(404, "pickup_unknown", "Aucun rendez-vous encombrants ne porte cette référence.")
    if not is_theirs(booking=booking, conversation=conversation):
        refuse(
            403,
            "pickup_not_theirs",
            "Ce rendez-vous a été pris autrement\u00a0: utilisez le lien de son étiquette, "
            "ou appelez le 0\u00a0800\u00a094\u00a094\u00a008.",
        )
    return booking, conversation
