"""``/console/facilities/sorting/``: rules, what differs in a commune, who changed what."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.facilities.errors import FacilityError
from agent_console.facilities.models import SortingRule
from agent_console.facilities.selectors import (
    sorting_history,
    sorting_rule_find,
    sorting_rules,
)
from agent_console.facilities.sorting import services
from agent_console.intake import access

from ..forms import AddRuleForm, CommuneForm, OverrideForm, RuleForm, VersionForm

_UNREAD = "La demande était incomplète. Rien n’a été enregistré."


@require_safe
@access.needs(services.CHANGE)
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule, and a form for a new one."""
    return _rules(request, AddRuleForm())


@require_POST
@access.needs(services.CHANGE)
def add(request: HttpRequest) -> HttpResponse:
    """A rule for a waste that has none."""
    form = AddRuleForm(request.POST)
    if not form.is_valid():
        return _rules(request, form)
    try:
        rule = services.sorting_add(actor=_agent(request), **form.cleaned_data)
    except FacilityError as refusal:
        form.add_error("name", refusal.message)
        return _rules(request, form)
    messages.success(request, f"Consigne ajoutée : {rule.name}. Complétez ses synonymes.")
    return redirect("facility_admin:rule", code=rule.code)


@require_safe
@access.needs(services.CHANGE)
def rule_page(request: HttpRequest, code: str) -> HttpResponse:
    """One rule."""
    rule = _rule(code)
    return _page(request, rule, RuleForm.of(rule), _override_form(rule))


@require_POST
@access.needs(services.CHANGE)
def save(request: HttpRequest, code: str) -> HttpResponse:
    """Replace a rule's content."""
    rule = _rule(code)
    form = RuleForm(request.POST)
    if not form.is_valid():
        return _page(request, rule, form, _override_form(rule))
    given = form.cleaned_data
    try:
        services.sorting_change(
            code=code,
            actor=_agent(request),
            **{**given, "synonyms": given["synonyms"].splitlines()},
        )
    except FacilityError as refusal:
        form.add_error(None, refusal.message)
        return _page(request, rule, form, _override_form(rule))
    return _done(request, code, "Consigne enregistrée.")


@require_POST
@access.needs(services.CHANGE)
def override(request: HttpRequest, code: str) -> HttpResponse:
    """Say what differs in a commune."""
    rule = _rule(code)
    form = OverrideForm(request.POST)
    if not form.is_valid():
        return _page(request, rule, RuleForm.of(rule), form)
    try:
        services.sorting_override_set(code=code, actor=_agent(request), **form.cleaned_data)
    except FacilityError as refusal:
        form.add_error(None, refusal.message)
        return _page(request, rule, RuleForm.of(rule), form)
    return _done(request, code, f"Consigne propre à {form.cleaned_data['commune']} enregistrée.")


@require_POST
@access.needs(services.CHANGE)
def override_remove(request: HttpRequest, code: str) -> HttpResponse:
    """Let the general rule hold in a commune again."""
    _rule(code)
    form = CommuneForm(request.POST)
    if not form.is_valid():
        return _refused(request, code, _UNREAD)
    try:
        services.sorting_override_remove(code=code, actor=_agent(request), **form.cleaned_data)
    except FacilityError as refusal:
        return _refused(request, code, refusal.message)
    commune = form.cleaned_data["commune"]
    return _done(request, code, f"La consigne générale vaut de nouveau à {commune}.")


@require_POST
@access.needs(services.CHANGE)
def restore(request: HttpRequest, code: str, change_id: int) -> HttpResponse:
    """Undo one change of the history."""
    rule = _rule(code)
    form = VersionForm(request.POST)
    if not form.is_valid() or not rule.changes.filter(pk=change_id).exists():
        return _refused(request, code, _UNREAD)
    try:
        services.sorting_restore(
            change_id=change_id, version=form.cleaned_data["version"], actor=_agent(request)
        )
    except FacilityError as refusal:
        return _refused(request, code, refusal.message)
    return _done(request, code, "La modification est annulée.")


def _done(request: HttpRequest, code: str, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("facility_admin:rule", code=code)


def _refused(request: HttpRequest, code: str, text: str) -> HttpResponse:
    messages.error(request, text)
    return redirect("facility_admin:rule", code=code)


def _rules(request: HttpRequest, form: AddRuleForm) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "facilities",
        "page": "sorting",
        "form": form,
        "rules": list(sorting_rules()),
    }
    status = 422 if form.errors else 200
    return render(request, "facility_admin/rules.html", context, status=status)


def _page(
    request: HttpRequest, rule: SortingRule, form: RuleForm, override_form: OverrideForm
) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "facilities",
        "page": "sorting",
        "rule": rule,
        "form": form,
        "override_form": override_form,
        "overrides": list(rule.overrides.select_related("commune").order_by("commune__name")),
        "history": list(sorting_history(rule=rule)[:50]),
    }
    status = 422 if form.errors or override_form.errors else 200
    return render(request, "facility_admin/rule.html", context, status=status)


def _override_form(rule: SortingRule) -> OverrideForm:
    return OverrideForm(initial={"version": rule.version, "outlet": rule.outlet})


def _rule(code: str) -> SortingRule:
    rule = sorting_rule_find(code=code)
    if rule is None:
        raise Http404
    return rule


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through
