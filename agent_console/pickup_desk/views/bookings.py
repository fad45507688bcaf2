"""Bookings: search, one booking, change, cancel, those to call back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agent_console.intake.views.numbers import number_revealed
from agent_console.pickup_desk import access
from agent_console.pickup_desk.forms import ItemsForm, SearchForm
from agent_console.pickup_desk.load_view import read, written
from agent_console.pickup_desk.views.common import actor, booking_or_404, form_page, page, refuse
from agent_console.pickups.addresses import label_address
from agent_console.pickups.errors import PickupError
from agent_console.pickups.models import Booking
from agent_console.pickups.selectors.bookings import bookings_search, bookings_to_call
from agent_console.pickups.selectors.settings import served_coverage_of
from agent_console.pickups.services import steps
from agent_console.pickups.workflow import State
from agent_console.staff.auditing import audit_look
from agent_console.staff.models import Act

SHOWN = 100


@require_safe
@access.needs(access.VIEW)
def search(request: HttpRequest) -> HttpResponse:
    """`?q=&jour=&state=`."""
    form = SearchForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    state = request.GET.get("state", "")
    found = bookings_search(
        text=given.get("q", ""), day=given.get("jour"), state=state, limit=SHOWN
    )
    context = {
        "tab": "bookings",
        "form": form,
        "bookings": found,
        "state": state if state in State.values else "",
        "states": State.choices,
        "is_cut": len(found) == SHOWN,
    }
    return page(request, "pickup_desk/bookings.html", context)


@require_safe
@access.needs(access.VIEW)
def booking_page(request: HttpRequest, reference: str) -> HttpResponse:
    """One booking with its history."""
    booking = booking_or_404(reference)
    _look(request, Act.BOOKING, booking)
    context = {"tab": "bookings", "booking": booking, "label": label_address(booking)}
    return page(request, "pickup_desk/booking.html", context)


@never_cache
@require_POST
@access.needs(access.VIEW)
def contact(request: HttpRequest, reference: str) -> HttpResponse:
    """How to reach who booked, to who asks for it; that is written down."""
    booking = booking_or_404(reference)
    _look(request, Act.NUMBER, booking)
    return number_revealed(request, number=booking.contact)


@access.needs(access.CHANGE)
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Other objects, another slot."""
    booking = booking_or_404(reference)
    try:
        coverage = served_coverage_of(commune=booking.commune)
    except PickupError as refusal:
        messages.error(request, refusal.message)
        return redirect("pickups:booking", reference=booking.reference)
    form = ItemsForm(
        request.POST if request.method == "POST" else None,
        initial={"items": written(booking), "slot": booking.slot_id},
    )
    if form.is_valid() and _changed(request, booking, form):
        messages.success(request, "Le rendez-vous est modifié.")
        return redirect("pickups:booking", reference=booking.reference)
    context = {
        "tab": "bookings",
        "booking": booking,
        "reading": read(str(form["items"].value() or ""), coverage),
        "coverage": coverage,
        "chosen": str(form["slot"].value() or ""),
        "kept": booking.slot,
    }
    return form_page(request, "pickup_desk/change.html", form, context)


@require_POST
@access.needs(access.CHANGE)
def confirm(request: HttpRequest, reference: str) -> HttpResponse:
    """The person said yes."""
    return _act(request, reference, steps.booking_confirm, "Le rendez-vous est confirmé.")


@require_POST
@access.needs(access.CHANGE)
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Cancel and free the place."""
    return _act(request, reference, steps.booking_cancel, "Le rendez-vous est annulé.")


@require_POST
@access.needs(access.CHANGE)
def called(request: HttpRequest, reference: str) -> HttpResponse:
    """Nobody answered, or there is nothing to change: off the list."""
    return _act(request, reference, steps.reminder_called, "Rappel noté.", to="pickups:calls")


@require_safe
@access.needs(access.VIEW)
def calls(request: HttpRequest) -> HttpResponse:
    """Those whom the question of the evening before can't reach."""
    context = {"tab": "calls", "bookings": bookings_to_call()}
    return page(request, "pickup_desk/calls.html", context)


def _look(request: HttpRequest, act: Act, booking: Booking) -> None:
    audit_look(
        actor=actor(request), act=act, subject=booking.reference, resident_id=booking.resident_id
    )


def _changed(request: HttpRequest, booking: Booking, form: ItemsForm) -> bool:
    coverage = served_coverage_of(commune=booking.commune)
    reading = read(form.cleaned_data["items"], coverage)
    if not reading.is_bookable:
        form.add_error("items", reading.problem or "Indiquez au moins un objet.")
        return False
    try:
        steps.booking_change(
            booking_id=booking.id,
            slot_id=form.cleaned_data["slot"],
            items=reading.wanted,
            actor=actor(request),
        )
    except PickupError as error:
        refuse(form, error)
        return False
    return True


def _act(
    request: HttpRequest,
    reference: str,
    service: Callable[..., Booking],
    said: str,
    *,
    to: str = "",
) -> HttpResponse:
    booking = booking_or_404(reference)
    try:
        service(booking_id=booking.id, actor=actor(request))
    except PickupError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    if to or request.POST.get("back") == "calls":
        return redirect("pickups:calls")
    return redirect("pickups:booking", reference=booking.reference)
