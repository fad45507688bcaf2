"""`/console/consultations/proposals/`: what residents propose is read before it is shown."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.consultations import proposals, selectors
from agent_console.consultations.errors import ConsultationError
from agent_console.consultations.models import Proposal
from agent_console.consultations.texts import message
from agent_console.intake import access

_DECIDED_SHOWN = 50


@require_safe
@access.needs(proposals.PERMISSION)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, and what was decided."""
    return _queue(request)


@require_POST
@access.needs(proposals.PERMISSION)
def decide(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Accept or refuse; a decision may be taken again."""
    proposal = get_object_or_404(Proposal, pk=proposal_id)
    is_accepted = request.POST.get("decision") == "accept"
    try:
        proposals.proposal_decide(
            proposal_id=proposal.pk,
            is_accepted=is_accepted,
            reason=request.POST.get("reason", ""),
            actor=cast(User, request.user),
        )
    except ConsultationError as refusal:
        return _queue(request, problem=message(refusal.code), status=409)
    done = "La proposition est affichée." if is_accepted else "La proposition reste cachée."
    messages.success(request, done)
    return redirect("consultation_desk:proposals")


def _queue(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "section": "consultations",
        "waiting": selectors.proposals_waiting(),
        "decided": selectors.proposals_decided(limit=_DECIDED_SHOWN),
        "problem": problem,
    }
    return render(request, "consultation_desk/proposals.html", context, status=status)
