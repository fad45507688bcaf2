"""The alarm of dangers that nobody took up, and what must be handed over to other bodies."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.intake import access
from agent_console.reports import forwarding, oncall
from agent_console.reports.errors import ForwardUnknown, PageUnknown
from agent_console.reports.selectors import forwards_to_do


@require_safe
@access.needs(access.VIEW_REPORTS)
def oncall_part(request: HttpRequest) -> HttpResponse:
    """The bar alone."""
    return render(request, "intake/parts/oncall.html")


@require_POST
@access.needs(access.VIEW_REPORTS)
@access.needs(access.ACKNOWLEDGE_PAGES)
def acknowledge(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take a danger up, then show its report; a colleague who was faster stays named."""
    user = cast(User, request.user)
    try:
        page = oncall.page_acknowledge(page_id=page_id, actor=user)
    except PageUnknown as refusal:
        raise Http404 from refusal
    if page.acknowledged_by is None:
        messages.info(request, "Ce signalement est déjà clos.")
    elif page.acknowledged_by != user:
        who = page.acknowledged_by.get_full_name() or page.acknowledged_by.get_username()
        messages.warning(request, f"{who} l’a déjà pris en charge.")
    else:
        messages.success(request, "Vous avez pris en charge ce danger.")
    return redirect("console:report", reference=page.report.reference)


@require_safe
@access.needs(access.ASSIGN_REPORTS)
def forward_list(request: HttpRequest) -> HttpResponse:
    """`/console/forwards/`: what an agent hands over by phone, extranet or post."""
    context = {"section": "forwards", "forwards": list(forwards_to_do())}
    return render(request, "intake/forwards.html", context)


@require_POST
@access.needs(access.ASSIGN_REPORTS)
def forward_done(request: HttpRequest, forward_id: int) -> HttpResponse:
    """Note that it is handed over."""
    try:
        forward = forwarding.forward_done(forward_id=forward_id, actor=cast(User, request.user))
    except ForwardUnknown as refusal:
        raise Http404 from refusal
    messages.success(request, f"Le signalement {forward.report.reference_display} est transmis.")
    return redirect("console:forwards")
