"""``/console/appel/``: who calls, and the drafts that wait."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agent_console.calls.ports import is_on
from agent_console.calls.selectors import call_found, calls_waiting
from agent_console.calls.workflow import CallState
from agent_console.citizens.errors import AddressInvalid

from .. import access, selectors, services
from ..errors import DraftClosed, NotOnTheLine
from ..forms import NumberForm
from ..models import NumberKind

NOT_A_NUMBER = "Ce n’est pas un numéro de téléphone complet."
_UNPROCESSABLE = 422


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ANSWER_CALLS)
def start(request: HttpRequest) -> HttpResponse:
    """Type or paste a number, or say that there is none; the call's page opens."""
    if request.method != "POST":
        return _page(request, NumberForm())
    without = request.POST.get("without")
    if without in (NumberKind.WITHHELD, NumberKind.UNKNOWN):
        call = services.call_open(agent=access.agent(request), kind=NumberKind(without))
        return redirect("calls_desk:call", call_id=call.pk)
    form = NumberForm(request.POST)
    if form.is_valid():
        try:
            call = services.call_open(
                agent=access.agent(request),
                kind=NumberKind.GIVEN,
                number=form.cleaned_data["number"],
            )
            return redirect("calls_desk:call", call_id=call.pk)
        except AddressInvalid:
            form.add_error("number", NOT_A_NUMBER)
    return _page(request, form, status=_UNPROCESSABLE)


@require_POST
@access.needs(access.ANSWER_CALLS)
def of_line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Note a telephone call that one answered: its number and its clocks come with it."""
    line = call_found(call_id=line_id)
    if line is None:
        raise Http404
    try:
        call = services.call_open_of_line(agent=access.agent(request), line=line)
    except NotOnTheLine as refusal:
        messages.error(request, refusal.message)
        return redirect("calls_desk:start")
    return redirect("calls_desk:call", call_id=call.pk)


@require_POST
@access.needs(access.ANSWER_CALLS)
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Put a draft away; the page that follows offers to take it back."""
    draft = access.draft_or_404(request, draft_id)
    try:
        services.draft_discard(draft_id=draft.pk)
        messages.success(request, "Le brouillon est abandonné. Vous pouvez le rétablir ci-dessous.")
    except DraftClosed as refusal:
        messages.error(request, refusal.message)
    return redirect("calls_desk:start")


@require_POST
@access.needs(access.ANSWER_CALLS)
def restore(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Undo that, and go on writing."""
    draft = access.draft_or_404(request, draft_id)
    try:
        services.draft_restore(draft_id=draft.pk)
    except DraftClosed as refusal:
        messages.error(request, refusal.message)
        return redirect("calls_desk:start")
    messages.success(request, "Le brouillon est rétabli.")
    return redirect("calls_desk:call", call_id=draft.call_id)


def _page(request: HttpRequest, form: NumberForm, *, status: int = 200) -> HttpResponse:
    agent = access.agent(request)
    context: dict[str, Any] = {
        "section": "calls",
        "form": form,
        "rings_here": is_on(),
        "waiting": calls_waiting().filter(state=CallState.WAITING).count() if is_on() else 0,
        "drafts": selectors.drafts_open(agent=agent),
        "discarded": selectors.drafts_discarded(agent=agent, now=timezone.now()),
    }
    return render(request, "calls_desk/start.html", context, status=status)
