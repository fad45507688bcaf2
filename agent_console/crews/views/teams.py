"""``/console/crew/equipes/``: who works for which service, and whom they call."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.crews import access, selectors, services
from agent_console.crews.forms import DispatchForm, MemberForm


@require_safe
@access.needs(access.MANAGE)
def teams(request: HttpRequest) -> HttpResponse:
    """Every service, with nobody or somebody."""
    return _page(request)


@require_POST
@access.needs(access.MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Somebody works for a service from now on."""
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, member_form=form)
    member = services.member_add(**form.cleaned_data)
    who = member.user.get_full_name() or member.user.get_username()
    messages.success(request, f"{who} travaille pour « {member.service.label} ».")
    return redirect("crews:teams")


@require_POST
@access.needs(access.MANAGE)
def remove(request: HttpRequest, member_id: int) -> HttpResponse:
    """Somebody no longer works for a service."""
    member = services.member_remove(member_id=member_id)
    if member is not None:
        who = member.user.get_full_name() or member.user.get_username()
        messages.success(request, f"{who} ne travaille plus pour « {member.service.label} ».")
    return redirect("crews:teams")


@require_POST
@access.needs(access.MANAGE)
def dispatch(request: HttpRequest) -> HttpResponse:
    """Whom the crews of a service call."""
    form = DispatchForm(request.POST)
    if not form.is_valid():
        return _page(request, dispatch_form=form)
    services.dispatch_set(**form.cleaned_data)
    messages.success(request, f"Le numéro de « {form.cleaned_data['service']} » est noté.")
    return redirect("crews:teams")


def _page(
    request: HttpRequest,
    *,
    member_form: MemberForm | None = None,
    dispatch_form: DispatchForm | None = None,
) -> HttpResponse:
    context = {
        "section": "crews",
        "services": selectors.teams(),
        "member_form": member_form or MemberForm(),
        "dispatch_form": dispatch_form or DispatchForm(),
    }
    status = 422 if member_form or dispatch_form else 200
    return render(request, "crews/teams.html", context, status=status)
