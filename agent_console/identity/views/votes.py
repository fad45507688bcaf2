"""``/mon-espace/voter/<id>/``: from the resident's session to a ballot of theirs."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from agent_console.citizens.models import ChannelCode
from agent_console.consultations.links import BallotRight, ballot_path
from agent_console.consultations.selectors import consultation_find
from agent_console.identity.models import PortalSession

from .space import signed_in


@require_safe
@signed_in
def vote(request: HttpRequest, session: PortalSession, consultation_id: uuid.UUID) -> HttpResponse:
    """To the ballot; who is not signed in does that first, and finds it in their space."""
    if consultation_find(consultation_id=consultation_id) is None:
        raise Http404
    right = BallotRight(consultation_id, session.resident.pk, ChannelCode.WEB)
    locale = "en" if request.GET.get("lang") == "en" else "fr"
    return redirect(ballot_path(right, locale=locale))
