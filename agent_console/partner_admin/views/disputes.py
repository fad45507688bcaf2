"""Disputed vouchers: the list, one of them, the decision."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agent_console.partner_admin import access, dispute_texts
from agent_console.partner_admin.forms.disputes import DisputeNewForm
from agent_console.partner_admin.forms.states import DisputeForm
from agent_console.partner_admin.people import people
from agent_console.staff.confirming import confirmed
from agent_console.staff.models import Act
from agent_console.wallet import disputes, partners

from .common import actor, form_page, note, reads_wallet


@require_safe
@access.needs(access.DISPUTES)
@reads_wallet
def dispute_list(request: HttpRequest) -> HttpResponse:
    """`/console/partners/disputes/`: the open ones unless ``?state=`` says otherwise."""
    asked = request.GET.get("state", "open")
    state = asked if asked in dispute_texts.STATES else "open"
    names = {one.id: one.name for one in partners.partner_list()}
    context = {
        "tab": "disputes",
        "rows": [
            {"dispute": dispute, "partner": names.get(dispute.partner_id, "Partenaire inconnu")}
            for dispute in disputes.dispute_list(state=state)
        ],
        "state": state,
        "states": list(dispute_texts.STATES.items()),
    }
    return render(request, "partner_admin/dispute_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.DISPUTES)
def dispute_new(request: HttpRequest) -> HttpResponse:
    """`/console/partners/disputes/new/`: a supervisor disputes a captured voucher."""
    form = DisputeNewForm(request.POST or None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        opened = form.send(
            lambda: disputes.dispute_open(
                key=data["key"], code=data["code"], reason=data["reason"], actor=actor(request)
            )
        )
        if opened is not None:
            messages.success(request, "La contestation est ouverte.")
            return redirect("partner_admin:dispute", dispute_id=opened.id)
    context = {
        "tab": "disputes",
        "title": "Contester un bon",
        "action": "Ouvrir la contestation",
        "back_disputes": True,
    }
    return form_page(request, "partner_admin/form.html", form, context)


@require_safe
@access.needs(access.DISPUTES)
@reads_wallet
def dispute_page(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """`/console/partners/disputes/<uuid>/`: the voucher's facts and the decision."""
    return _page(request, disputes.dispute_get(dispute_id), DisputeForm())


@confirmed
@require_POST
@access.needs(access.DISPUTES)
@reads_wallet
def dispute_decide(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """Dismiss it, or propose the refund that a second supervisor approves."""
    form = DisputeForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        decided = form.send(
            lambda: disputes.dispute_decide(
                key=data["key"],
                dispute_id=dispute_id,
                decision=data["decision"],
                actor=actor(request),
            )
        )
        if decided is not None:
            note(request, Act.DISPUTE, f"{dispute_id} {data['decision']}")
            messages.success(request, dispute_texts.DONE[data["decision"]])
            return redirect("partner_admin:dispute", dispute_id=dispute_id)
        if form.status == HTTPStatus.SERVICE_UNAVAILABLE:
            context = {"tab": "disputes", "form": form, "dispute_id": dispute_id}
            return form_page(request, "partner_admin/dispute_again.html", form, context)
    return _page(request, disputes.dispute_get(dispute_id), form)


def _page(request: HttpRequest, dispute: disputes.DisputeView, form: DisputeForm) -> HttpResponse:
    context = {
        "tab": "disputes",
        "dispute": dispute,
        "partner": partners.partner_get(dispute.partner_id),
        "names": people([dispute.actor, dispute.cashier, dispute.decided_by]),
        "reason": dispute_texts.reason(dispute.reason),
        "state": dispute_texts.STATES.get(dispute.state, dispute.state),
        "side": dispute_texts.SIDES.get(dispute.side, dispute.side),
        "is_own_proposal": dispute.decided_by == actor(request),
    }
    return form_page(request, "partner_admin/dispute.html", form, context)
