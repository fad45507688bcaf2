"""The alarm of people who may be in danger."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.conversations.alerts import alert_acknowledge
from agent_console.conversations.errors import AlertUnknown
from agent_console.intake import access


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def alerts_part(request: HttpRequest) -> HttpResponse:
    """The bar alone."""
    return render(request, "intake/parts/alerts.html")


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ACKNOWLEDGE_ALERTS)
def acknowledge(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Take it up, then show the conversation; a colleague who was faster stays named."""
    user = cast(User, request.user)
    try:
        alert = alert_acknowledge(alert_id=alert_id, actor=user)
    except AlertUnknown as refusal:
        raise Http404 from refusal
    if alert.acknowledged_by is not None and alert.acknowledged_by != user:
        who = alert.acknowledged_by.get_full_name() or alert.acknowledged_by.get_username()
        messages.warning(request, f"{who} l’a déjà pris en charge.")
    else:
        messages.success(request, "Vous avez pris en charge cette alerte.")
    return redirect("console:conversation", conversation_id=alert.conversation_id)
