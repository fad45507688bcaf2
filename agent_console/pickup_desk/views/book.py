"""``/console/pickups/book/``: a pickup for somebody who calls."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agent_console.pickup_desk import access
from agent_console.pickup_desk.forms import BookForm
from agent_console.pickup_desk.load_view import read
from agent_console.pickup_desk.views.common import actor, form_page, page, refuse
from agent_console.pickups.errors import PickupError
from agent_console.pickups.models import Booking
from agent_console.pickups.selectors.settings import (
    Coverage,
    commune_named,
    coverage_of,
    served_coverage_of,
)
from agent_console.pickups.services.bookings import booking_create


@access.needs(access.CHANGE)
def book(request: HttpRequest) -> HttpResponse:
    """First the commune (`?insee=`), then the form.

    Where somebody else collects, the page gives the number instead of the form.
    """
    if request.method == "POST" and "lieu" in request.POST:
        return _commune_said(request)
    insee = request.GET.get("insee", "")
    if not insee:
        return page(request, "pickup_desk/book_place.html", {"tab": "book"})
    try:
        coverage = coverage_of(commune=commune_named(insee=insee))
    except PickupError as refusal:
        return _place_again(request, refusal.message)
    if not coverage.sector.is_served:
        context = {"tab": "book", "coverage": coverage}
        return page(request, "pickup_desk/book_elsewhere.html", context)
    form = BookForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        booking = _booked(request, coverage, form)
        if booking is not None:
            messages.success(request, "Le rendez-vous est réservé. Lisez sa référence.")
            return redirect("pickups:booking", reference=booking.reference)
    context = {
        "tab": "book",
        "coverage": coverage,
        "reading": read(str(form["items"].value() or ""), coverage),
        "chosen": str(form["slot"].value() or ""),
    }
    return form_page(request, "pickup_desk/book.html", form, context)


@require_POST
@access.needs(access.CHANGE)
def reading_part(request: HttpRequest, insee: str) -> HttpResponse:
    """What was typed so far, read back; asked for while somebody types."""
    try:
        coverage = served_coverage_of(commune=commune_named(insee=insee))
    except PickupError as refusal:
        raise Http404 from refusal
    context = {
        "coverage": coverage,
        "reading": read(request.POST.get("items", "")[:500], coverage),
        "chosen": request.POST.get("slot", ""),
    }
    return render(request, "pickup_desk/parts/reading.html", context)


def _commune_said(request: HttpRequest) -> HttpResponse:
    """Only the commune goes into the address: what was said may be somebody's home."""
    try:
        commune = commune_named(place=request.POST.get("lieu", "")[:300])
        coverage_of(commune=commune)
    except PickupError as refusal:
        return _place_again(request, refusal.message)
    return redirect(f"{reverse('pickups:book')}?insee={commune.insee}")


def _place_again(request: HttpRequest, problem: str) -> HttpResponse:
    context = {
        "section": "pickups",
        "tab": "book",
        "problem": problem,
        "said": request.POST.get("lieu", ""),
    }
    return render(request, "pickup_desk/book_place.html", context, status=422)


def _booked(request: HttpRequest, coverage: Coverage, form: BookForm) -> Booking | None:
    given = form.cleaned_data
    reading = read(given["items"], coverage)
    if not reading.is_bookable:
        form.add_error("items", reading.problem or "Indiquez au moins un objet.")
        return None
    try:
        return booking_create(
            intake_key=f"desk:{given['key']}",
            commune=coverage.commune,
            address=given["address"],
            place=given["place"],
            items=reading.wanted,
            slot_id=given["slot"],
            channel=given["channel"],
            contact=given["contact"],
            actor=actor(request),
        )
    except PickupError as error:
        refuse(form, error)
        return None
