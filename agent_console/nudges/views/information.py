"""``/console/nudges/information/``: messages that residents are told, by whom and since when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agent_console.citizens.models import ChannelCode
from agent_console.conversations.models import Notice, NoticeState
from agent_console.intake import access
from agent_console.nudges import campaigns
from agent_console.nudges.campaign_rules import reachable
from agent_console.nudges.information_form import InfoCampaignForm, said
from agent_console.nudges.models import CampaignState, InfoCampaign
from agent_console.nudges.permissions import RUN_CAMPAIGNS, VIEW
from agent_console.opt_outs.models import OptOutChange
from agent_console.staff.confirming import confirmed

from .common import UNPROCESSABLE

_HISTORY_SHOWN = 100
_LEFT_WITHIN = timedelta(days=3)
_STEP_WORDS = {
    CampaignState.RUNNING: "est lancée",
    CampaignState.PAUSED: "est en pause",
    CampaignState.ENDED: "est arrêtée",
}


@require_safe
@access.needs(VIEW, RUN_CAMPAIGNS)
def information_list(request: HttpRequest) -> HttpResponse:
    """`/console/nudges/information/`: every campaign, the newest first."""
    found = InfoCampaign.objects.annotate(people=Count("told"))
    context = {"section": "nudges", "tab": "information", "campaigns": found}
    return render(request, "nudges/information.html", context)


@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(RUN_CAMPAIGNS)
def information_new(request: HttpRequest) -> HttpResponse:
    """A draft; nobody is told before it is launched."""
    form = InfoCampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = campaigns.campaign_create(
                key=form.cleaned_data["key"], values=form.values(), actor=_agent(request)
            )
        except campaigns.CampaignError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "La campagne est préparée. Relisez-la, puis lancez-la.")
            return redirect("nudges:information-page", campaign_id=made.pk)
    return _form_page(request, form)


@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(RUN_CAMPAIGNS)
def information_edit(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Change what is not running."""
    campaign = get_object_or_404(InfoCampaign, pk=campaign_id)
    form = InfoCampaignForm(
        request.POST or None, initial=InfoCampaignForm.initial_of(campaign), campaign=campaign
    )
    if request.method == "POST" and form.is_valid():
        try:
            campaigns.campaign_change(
                campaign_id=campaign_id,
                values=form.values(),
                seen=request.POST.get("seen", ""),
                actor=_agent(request),
            )
        except campaigns.CampaignError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "La campagne est enregistrée.")
            return redirect("nudges:information-page", campaign_id=campaign_id)
    return _form_page(request, form, campaign)


@require_safe
@access.needs(VIEW, RUN_CAMPAIGNS)
def information_page(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """What it says and to whom, how far it is, who changed what."""
    campaign = get_object_or_404(InfoCampaign, pk=campaign_id)
    now = timezone.now()
    to_come: list[tuple[str, int]] = []
    if campaign.state != CampaignState.ENDED and campaign.ends_at > now:
        rows = reachable(campaign, now=now).order_by("channel").values("channel")
        counted = rows.annotate(people=Count("pk"))
        to_come = [(ChannelCode(row["channel"]).label, row["people"]) for row in counted]
    context = {
        "section": "nudges",
        "tab": "information",
        "campaign": campaign,
        "audience": said(campaigns.snapshot(campaign)),
        "steps": campaigns.STEPS[campaign.state],
        "is_editable": campaign.state in campaigns.EDITABLE,
        "seen": campaigns.seen_tag(campaign),
        "to_come": to_come,
        "told": _told(campaign),
        "changes": _changes(campaign),
        "is_over": campaign.ends_at <= now,
    }
    return render(request, "nudges/information_page.html", context)


@confirmed
@require_POST
@access.needs(RUN_CAMPAIGNS)
def information_step(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Launch, pause or end."""
    get_object_or_404(InfoCampaign, pk=campaign_id)
    asked = request.POST.get("state", "")
    if asked in _STEP_WORDS:
        state = CampaignState(asked)
        try:
            campaigns.campaign_step(
                campaign_id=campaign_id,
                state=state,
                seen=request.POST.get("seen", ""),
                now=timezone.now(),
                actor=_agent(request),
            )
        except campaigns.CampaignError as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, f"La campagne {_STEP_WORDS[state]}.")
    return redirect("nudges:information-page", campaign_id=campaign_id)


def _told(campaign: InfoCampaign) -> dict[str, int]:
    """How many were told, wait for the end of the quiet hours, or left soon after."""
    conversations = campaign.told.values("conversation")
    states = dict(
        Notice.objects.filter(
            conversation__in=conversations, cause__startswith=f"{campaigns.CAUSE}{campaign.pk}:"
        )
        .order_by()
        .values_list("state")
        .annotate(people=Count("pk"))
    )
    left = OptOutChange.objects.filter(
        contact_point=OuterRef("conversation__contact_point"),
        wants_news=False,
        at__gte=OuterRef("at"),
    ).annotate(after=ExpressionWrapper(F("at") - OuterRef("at"), output_field=DurationField()))
    return {
        "sent": states.get(NoticeState.SENT, 0),
        "waiting": states.get(NoticeState.SCHEDULED, 0),
        "left": campaign.told.filter(Exists(left.filter(after__lte=_LEFT_WITHIN))).count(),
    }


def _changes(campaign: InfoCampaign) -> list[dict[str, Any]]:
    rows = campaign.changes.select_related("actor")[:_HISTORY_SHOWN]
    changes = []
    for row in rows:
        before, after = dict(said(row.before)) if row.before else {}, dict(said(row.after))
        lines = [
            (label, before.get(label, ""), text)
            for label, text in after.items()
            if before.get(label, "") != text
        ]
        changes.append({"row": row, "lines": lines})
    return changes


def _form_page(
    request: HttpRequest, form: InfoCampaignForm, campaign: InfoCampaign | None = None
) -> HttpResponse:
    context = {
        "section": "nudges",
        "tab": "information",
        "form": form,
        "campaign": campaign,
        "seen": campaigns.seen_tag(campaign) if campaign else "",
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "nudges/information_form.html", context, status=status)


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through
