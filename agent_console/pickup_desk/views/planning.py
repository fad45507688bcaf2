"""The planning: slots with their fill, one slot, weekly patterns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from agent_console.pickup_desk import access
from agent_console.pickup_desk.forms import PatternForm, SlotChangeForm, SlotForm
from agent_console.pickup_desk.views.common import (
    actor,
    day_asked,
    form_page,
    page,
    refuse,
    sector_or_404,
)
from agent_console.pickups.errors import PickupError
from agent_console.pickups.models import CapacityUnit, Pattern, Slot, Window
from agent_console.pickups.recurrence import pattern_days, public_holidays
from agent_console.pickups.selectors.bookings import crew_round, slot_find, slots_of
from agent_console.pickups.selectors.settings import changes, sectors
from agent_console.pickups.services import slots

WEEKS_SHOWN = 3


@require_safe
@access.needs(access.VIEW)
def planning(request: HttpRequest) -> HttpResponse:
    """`?sector=&jour=`: three weeks of one sector."""
    served = list(sectors().filter(operator_name=""))
    code = request.GET.get("sector") or (served[0].code if served else "")
    first = day_asked(request, "jour")
    last = first + timedelta(weeks=WEEKS_SHOWN, days=-1)
    sector = sector_or_404(code) if code else None
    context = {
        "tab": "planning",
        "sectors": served,
        "sector": sector,
        "slots": slots_of(sector=sector, first=first, last=last) if sector else [],
        "first": first,
        "last": last,
        "earlier": first - timedelta(weeks=WEEKS_SHOWN),
        "later": last + timedelta(days=1),
        "holidays": sorted(
            (day, name)
            for day, name in public_holidays(years=[first.year, last.year]).items()
            if first <= day <= last
        ),
    }
    return page(request, "pickup_desk/planning.html", context)


@access.needs(access.VIEW)
def slot_page(request: HttpRequest, slot_id: int) -> HttpResponse:
    """One slot: who is booked; its capacity, for those who may change it."""
    slot = slot_find(slot_id=slot_id)
    if slot is None:
        raise Http404
    may_change = request.user.has_perm(access.MANAGE)
    form = SlotChangeForm(
        request.POST if request.method == "POST" and may_change else None,
        initial={"capacity": slot.capacity, "is_open": slot.is_open},
    )
    if form.is_valid():
        try:
            slots.slot_change(slot_id=slot.pk, actor=actor(request), **form.cleaned_data)
        except PickupError as error:
            refuse(form, error)
        else:
            messages.success(request, "Le créneau est modifié.")
            return _to_planning(slot)
    bookings = [
        booking
        for booking in crew_round(sector=slot.sector, day=slot.day).bookings
        if booking.slot_id == slot.pk
    ]
    context = {
        "tab": "planning",
        "slot": slot,
        "bookings": bookings,
        "changes": changes(kind="slot", key=str(slot.pk)),
    }
    return form_page(request, "pickup_desk/slot.html", form, context)


@access.needs(access.MANAGE)
def slot_new(request: HttpRequest) -> HttpResponse:
    """Open one slot."""
    form = SlotForm(
        request.POST if request.method == "POST" else None,
        initial={"sector": request.GET.get("sector"), "capacity": 16},
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            slot = slots.slot_open(
                sector=given["sector"],
                day=given["day"],
                window=Window(given["window"]),
                capacity=given["capacity"],
                unit=CapacityUnit(given["unit"]),
                actor=actor(request),
            )
        except PickupError as error:
            refuse(form, error)
        else:
            messages.success(request, "Le créneau est ouvert.")
            return _to_planning(slot)
    return form_page(request, "pickup_desk/slot_new.html", form, {"tab": "planning"})


@access.needs(access.MANAGE)
def patterns(request: HttpRequest) -> HttpResponse:
    """Recurring rules: the list, and a new one with a preview of its days."""
    form = PatternForm(request.POST if request.method == "POST" else None)
    preview = None
    if form.is_valid():
        given = form.cleaned_data
        if "preview" in request.POST:
            preview = _preview(given)
        else:
            try:
                _, opened = slots.pattern_create(
                    sector=given["sector"],
                    weekdays=given["weekdays"],
                    interval_weeks=given["interval_weeks"],
                    starts_on=given["starts_on"],
                    ends_on=given["ends_on"],
                    window=Window(given["window"]),
                    capacity=given["capacity"],
                    unit=CapacityUnit(given["unit"]),
                    actor=actor(request),
                )
            except PickupError as error:
                refuse(form, error)
            else:
                messages.success(
                    request, f"La règle est enregistrée\u00a0: {opened} créneaux ouverts."
                )
                return redirect("pickups:patterns")
    context = {
        "tab": "planning",
        "patterns": Pattern.objects.select_related("sector"),
        "preview": preview,
    }
    return form_page(request, "pickup_desk/patterns.html", form, context)


@require_POST
@access.needs(access.MANAGE)
def pattern_switch(request: HttpRequest, pattern_id: UUID) -> HttpResponse:
    """Stop a rule, or take it up again."""
    if not Pattern.objects.filter(pk=pattern_id).exists():
        raise Http404
    is_active = request.POST.get("active") == "1"
    slots.pattern_set_active(pattern_id=pattern_id, is_active=is_active, actor=actor(request))
    messages.success(
        request,
        "La règle ouvre de nouveau des créneaux."
        if is_active
        else "La règle n’ouvre plus de créneaux. Ceux qui sont ouverts le restent.",
    )
    return redirect("pickups:patterns")


def _preview(given: dict[str, Any]) -> dict[str, object]:
    """The days of the next weeks, and the holidays that are left out."""
    today = timezone.localdate()
    terms = {name: given[name] for name in ("weekdays", "interval_weeks", "starts_on", "ends_on")}
    days = pattern_days(
        **terms,
        first=today + timedelta(days=1),
        last=today + timedelta(days=slots.OPEN_AHEAD_DAYS),
    )
    taken = set(
        Slot.objects.filter(
            sector=given["sector"], window=given["window"], day__in=days
        ).values_list("day", flat=True)
    )
    return {
        "days": [(day, day in taken) for day in days],
        "new": len(days) - len(taken),
        "ahead": slots.OPEN_AHEAD_DAYS,
    }


def _to_planning(slot: Slot) -> HttpResponse:
    query = urlencode({"sector": slot.sector_id, "jour": slot.day.isoformat()})
    return redirect(f"{reverse('pickups:planning')}?{query}")
