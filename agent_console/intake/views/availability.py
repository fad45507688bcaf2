"""An agent says whether they are there, and what is offered to them."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from agent_console.conversations.desk.errors import NotHeld
from agent_console.conversations.routing.assigning import offer_decline
from agent_console.conversations.routing.availability import availability_seen
from agent_console.conversations.routing.leaving import availability_change
from agent_console.conversations.routing.models import AvailabilityState
from agent_console.intake import access

_SAID = {
    AvailabilityState.AVAILABLE: "Vous êtes disponible.",
    AvailabilityState.BUSY: "Vous êtes occupé : rien ne vous est proposé.",
    AvailabilityState.AWAY: "Vous êtes absent : vos conversations sont remises dans la file.",
}


@require_safe
@access.needs(access.ANSWER_CONVERSATIONS)
def availability_part(request: HttpRequest) -> HttpResponse:
    """The buttons alone."""
    return render(request, "intake/parts/availability.html")


@require_POST
@access.needs(access.ANSWER_CONVERSATIONS)
def availability(request: HttpRequest) -> HttpResponse:
    """Say it; the page where it was said stays."""
    state = request.POST.get("state", "")
    if state not in AvailabilityState.values:
        return HttpResponse(status=400)
    availability_change(user=cast(User, request.user), state=AvailabilityState(state))
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "intake/parts/availability.html")
    messages.success(request, _SAID[AvailabilityState(state)])
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return redirect(came_from)
    return redirect("console:inbox")


@require_POST
@access.needs(access.ANSWER_CONVERSATIONS)
def presence(request: HttpRequest) -> HttpResponse:
    """A page is open; that is no sign of somebody before it."""
    availability_seen(user=cast(User, request.user))
    return HttpResponse(status=204)


@require_safe
@access.needs(access.ANSWER_CONVERSATIONS)
def offers_part(request: HttpRequest) -> HttpResponse:
    """What is offered, alone."""
    return render(request, "intake/parts/offers.html")


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ANSWER_CONVERSATIONS)
def decline(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Leave it to the next one."""
    try:
        offer_decline(conversation_id=conversation_id, actor=cast(User, request.user))
    except NotHeld:
        messages.warning(request, "Cette conversation ne vous est pas proposée.")
    else:
        messages.success(request, "La conversation est laissée au suivant.")
    return redirect("console:desk")
