"""What the pages share: who acts, how refusals are said, days in addresses."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agent_console.pickups.errors import PickupError
from agent_console.pickups.models import Booking, Sector
from agent_console.pickups.selectors.bookings import booking_find


def actor(request: HttpRequest) -> User:
    """Who is signed in; the guard lets nobody else through."""
    return cast(User, request.user)


def refuse(form: forms.Form, error: PickupError) -> None:
    """Say a refusal at the field that it is about, else above the form."""
    named = [name for name in error.fields if name in form.fields]
    form.add_error(named[0] if named else None, error.message)


def form_page(
    request: HttpRequest, template: str, form: forms.Form, context: dict[str, Any]
) -> HttpResponse:
    """A page with a form; 422 when it has errors."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, {"section": "pickups", "form": form, **context}, status=status)


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page of this part of the console."""
    return render(request, template, {"section": "pickups", **context})


def booking_or_404(reference: str) -> Booking:
    """The booking of an address."""
    booking = booking_find(reference=reference)
    if booking is None:
        raise Http404
    return booking


def sector_or_404(code: str) -> Sector:
    """The sector of an address."""
    sector = Sector.objects.filter(pk=code).first()
    if sector is None:
        raise Http404
    return sector


def day_asked(request: HttpRequest, name: str, default: date | None = None) -> date:
    """A day from the query string; today (or ``default``) when it is missing or none."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return default or timezone.localdate()
