"""What the call's page asks for while somebody types."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from .. import access, selectors, services
from ..errors import CallError, DraftStale
from ..forms import CallForm, typed
from ..pickup_reading import pickup_part_of
from ..proposing import propose

_CONFLICT, _GONE = 409, 410


@require_POST
@access.needs(access.ANSWER_CALLS)
def save(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Keep what is typed: ``{version}``, or 409/410 with ``{code, message}``."""
    draft = access.draft_or_404(request, draft_id)
    try:
        version = int(request.POST.get("version", ""))
    except ValueError:
        version = draft.version
    try:
        saved = services.draft_save(draft_id=draft.pk, fields=typed(request.POST), version=version)
    except CallError as refusal:
        status = _CONFLICT if isinstance(refusal, DraftStale) else _GONE
        return JsonResponse({"code": refusal.code, "message": refusal.message}, status=status)
    return JsonResponse({"version": saved.version})


@require_POST
@access.needs(access.ANSWER_CALLS)
def proposals(request: HttpRequest) -> HttpResponse:
    """What the line proposes."""
    proposed = propose(request.POST.get("description", "")[:4000])
    return render(request, "calls_desk/parts/proposals.html", {"proposed": proposed})


@require_POST
@access.needs(access.ANSWER_CALLS)
def pickup(request: HttpRequest) -> HttpResponse:
    """Objects as they were understood, and the free slots of the place."""
    form = CallForm(request.POST)
    form.is_quiet = True
    return render(request, "calls_desk/parts/pickup.html", {"part": pickup_part_of(form)})


@require_safe
@access.needs(access.ANSWER_CALLS)
def timers(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The call's clocks as they stand now."""
    call = access.call_or_404(request, call_id)
    context = {"call": call, "times": selectors.times_of(call)}
    return render(request, "calls_desk/parts/timers.html", context)
