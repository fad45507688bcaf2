"""``/console/pickups/crew/``: the round of one sector and day, on a phone; and as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from agent_console.pickup_desk import access
from agent_console.pickup_desk.crew_file import round_as_csv
from agent_console.pickup_desk.views.common import (
    actor,
    booking_or_404,
    day_asked,
    page,
    sector_or_404,
)
from agent_console.pickups.errors import PickupError
from agent_console.pickups.models import Booking
from agent_console.pickups.selectors.bookings import crew_round
from agent_console.pickups.selectors.settings import sectors
from agent_console.pickups.services import steps
from agent_console.staff.auditing import audit, audit_look
from agent_console.staff.confirming import confirmed
from agent_console.staff.models import Act

_SAID = {"done": "Fait", "no_show": "Absent", "refuse_on_site": "Refusé"}


@require_safe
@access.needs(access.CREW)
def crew(request: HttpRequest) -> HttpResponse:
    """`?sector=&jour=`; without a sector, the choice of one."""
    day = day_asked(request, "jour")
    served = list(sectors().filter(operator_name=""))
    code = request.GET.get("sector", "")
    if not code:
        context = {"tab": "crew", "sectors": served, "day": day}
        return page(request, "pickup_desk/crew_choice.html", context)
    sector = sector_or_404(code)
    audit_look(actor=actor(request), act=Act.ROUND, subject=f"{sector.code} {day.isoformat()}")
    tour = crew_round(sector=sector, day=day)
    return page(request, "pickup_desk/crew.html", {"tab": "crew", "round": tour})


@confirmed
@require_safe
@access.needs(access.CREW)
def crew_file(request: HttpRequest) -> HttpResponse:
    """The same as a CSV that French spreadsheets open."""
    sector = sector_or_404(request.GET.get("sector", ""))
    day = day_asked(request, "jour")
    audit(actor=actor(request), act=Act.FILE, subject=f"{sector.code} {day.isoformat()}")
    response = HttpResponse(
        round_as_csv(crew_round(sector=sector, day=day)), content_type="text/csv; charset=utf-8"
    )
    name = f"encombrants-{sector.code}-{day.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@access.needs(access.CREW)
def record(request: HttpRequest, reference: str, action: str) -> HttpResponse:
    """Fait, Absent or Refusé; back to the same place of the list."""
    booking = booking_or_404(reference)
    try:
        steps.crew_record(
            booking_id=booking.id,
            action=action,
            actor=actor(request),
            reason=request.POST.get("reason", ""),
        )
    except PickupError as refusal:
        messages.error(request, f"{booking.address}\u00a0: {refusal.message}")
    else:
        messages.success(request, f"{booking.address}\u00a0: {_SAID[action]}.")
    return _back(booking)


@require_POST
@access.needs(access.CREW)
def undo(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back what was recorded."""
    booking = booking_or_404(reference)
    try:
        steps.crew_undo(booking_id=booking.id, actor=actor(request))
    except PickupError as refusal:
        messages.error(request, f"{booking.address}\u00a0: {refusal.message}")
    else:
        messages.success(request, f"{booking.address}\u00a0: de nouveau à faire.")
    return _back(booking)


def _back(booking: Booking) -> HttpResponse:
    query = {"sector": booking.slot.sector_id, "jour": booking.slot.day.isoformat()}
    return redirect(f"{reverse('pickups:crew')}?{urlencode(query)}#r{booking.reference}")
