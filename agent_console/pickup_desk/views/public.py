"""``/encombrants/<uuid>/``: the label, for whoever knows its address; change and cancel.

The address is the secret, so no index and no cache may keep the page.
"""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agent_console.pickup_desk.english import problem_in_english
from agent_console.pickup_desk.forms import EnglishItemsForm, ItemsForm
from agent_console.pickup_desk.load_view import read, written
from agent_console.pickup_desk.qr import label_qr
from agent_console.pickup_desk.views.common import refuse
from agent_console.pickups.errors import NoItems, PickupError
from agent_console.pickups.models import Booking
from agent_console.pickups.selectors.bookings import booking_of_label
from agent_console.pickups.selectors.settings import served_coverage_of
from agent_console.pickups.services import steps


@never_cache
@require_safe
def label(request: HttpRequest, label_key: UUID) -> HttpResponse:
    """The label; `?lang=en` or the browser's language chooses English."""
    booking = _booking(label_key)
    context: dict[str, object] = {"qr": label_qr(booking)}
    return _page(request, "pickup_desk/label.html", booking, context)


@never_cache
@require_POST
def confirm(request: HttpRequest, label_key: UUID) -> HttpResponse:
    """Yes, the objects will be out."""
    try:
        steps.booking_confirm(booking_id=_booking(label_key).id)
    except PickupError as refusal:
        return _refused(request, label_key, refusal)
    return _back(request, label_key)


@never_cache
@require_POST
def cancel(request: HttpRequest, label_key: UUID) -> HttpResponse:
    """Cancel; pressing twice changes nothing."""
    try:
        steps.booking_cancel(booking_id=_booking(label_key).id)
    except PickupError as refusal:
        return _refused(request, label_key, refusal)
    return _back(request, label_key)


@never_cache
def change(request: HttpRequest, label_key: UUID) -> HttpResponse:
    """Other objects, another slot."""
    booking = _booking(label_key)
    try:
        coverage = served_coverage_of(commune=booking.commune)
    except PickupError as refusal:
        return _refused(request, label_key, refusal)
    form = (EnglishItemsForm if _is_english(request) else ItemsForm)(
        request.POST if request.method == "POST" else None,
        initial={"items": written(booking), "slot": booking.slot_id},
    )
    reading = read(str(form["items"].value() or ""), coverage)
    if form.is_valid():
        if not reading.is_bookable:
            code = reading.problem_code or NoItems.code
            form.add_error("items", _said(request, code, reading.problem or NoItems().message))
        else:
            try:
                steps.booking_change(
                    booking_id=booking.id,
                    slot_id=form.cleaned_data["slot"],
                    items=reading.wanted,
                )
            except PickupError as error:
                error.message = _said(request, error.code, error.message)
                refuse(form, error)
            else:
                return _back(request, label_key)
    context: dict[str, object] = {
        "form": form,
        "reading": reading,
        "coverage": coverage,
        "chosen": str(form["slot"].value() or ""),
        "kept": booking.slot,
    }
    return _page(
        request, "pickup_desk/label_change.html", booking, context, 422 if form.errors else 200
    )


def _booking(label_key: UUID) -> Booking:
    booking = booking_of_label(label_key=label_key)
    if booking is None:
        raise Http404
    return booking


def _is_english(request: HttpRequest) -> bool:
    asked = request.GET.get("lang", "")
    return (asked or get_language_from_request(request)) == "en"


def _said(request: HttpRequest, code: str, message: str) -> str:
    """A refusal in the page's language."""
    if not _is_english(request):
        return message
    return problem_in_english(code)


def _back(request: HttpRequest, label_key: UUID) -> HttpResponse:
    language = "en" if _is_english(request) else "fr"
    return redirect(f"{reverse('label:label', args=[label_key])}?lang={language}")


def _refused(request: HttpRequest, label_key: UUID, refusal: PickupError) -> HttpResponse:
    booking = _booking(label_key)
    context: dict[str, object] = {
        "qr": label_qr(booking),
        "problem": _said(request, refusal.code, refusal.message),
    }
    return _page(request, "pickup_desk/label.html", booking, context, 409)


def _page(
    request: HttpRequest,
    template: str,
    booking: Booking,
    context: dict[str, object],
    status: int = 200,
) -> HttpResponse:
    shown = {"booking": booking, "en": _is_english(request), **context}
    response = render(request, template, shown, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
