"""``/console/analyses/effets/…``: what supervisors say about rewards and sorting."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from agent_console.french_days import on_the_wall
from agent_console.intake import access

from ..impact import selectors, services
from ..impact.forms import SitesForm, SpendingForm, StudyForm, TonnagesForm, study_initial
from ..impact.models import SiteCommune, Study, WeekTonnage, YearSpending
from ..impact.tonnages import TonnagesInvalid, tonnages_read
from ..permissions import CHANGE_IMPACT

UNPROCESSABLE, CONFLICT = 422, 409
_SITES_MAX = 50
_CHANGES_MAX = 50


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(CHANGE_IMPACT)
def study_new(request: HttpRequest) -> HttpResponse:
    """A new study."""
    form = StudyForm(request.POST or None, communes=selectors.communes_by_insee())
    if request.method == "POST" and form.is_valid():
        made = services.study_add(actor=cast(User, request.user), terms=form.terms)
        messages.success(request, "Étude enregistrée. Son résultat est calculé dans la minute.")
        return redirect("analytics:study", pk=made.pk)
    return _form(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(CHANGE_IMPACT)
def study_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another version of a study."""
    study = get_object_or_404(Study, pk=pk, is_withdrawn=False)
    form = StudyForm(
        request.POST or None,
        communes=selectors.communes_by_insee(),
        initial=study_initial(study),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.study_change(
                actor=cast(User, request.user), study=study, terms=form.terms
            )
        except services.StudyChangedMeanwhile as refusal:
            return _form(request, form, study, code=refusal.code)
        messages.success(request, "Étude changée. Son résultat est calculé dans la minute.")
        return redirect("analytics:study", pk=made.pk)
    return _form(request, form, study)


@require_POST
@access.needs(CHANGE_IMPACT)
def study_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Show it no longer."""
    study = get_object_or_404(Study, pk=pk, is_withdrawn=False)
    try:
        services.study_withdraw(actor=cast(User, request.user), study=study)
    except services.StudyChangedMeanwhile as refusal:
        messages.error(
            request, f"Étude changée entre-temps par quelqu’un d’autre. ({refusal.code})"
        )
    else:
        messages.success(request, "Étude retirée. Son historique reste.")
    return redirect("analytics:impact")


def _form(
    request: HttpRequest, form: StudyForm, study: Study | None, code: str = ""
) -> HttpResponse:
    context = {"section": "analytics", "tab": "impact", "form": form, "study": study, "code": code}
    status = CONFLICT if code else UNPROCESSABLE if form.errors else 200
    return render(request, "analytics/impact/study_form.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
@access.needs(CHANGE_IMPACT)
def data(request: HttpRequest) -> HttpResponse:
    """Tonnages, sites, spending, with who said what."""
    return _data(request)


@require_POST
@access.needs(CHANGE_IMPACT)
def tonnages_import(request: HttpRequest) -> HttpResponse:
    """A file of tonnages, whole or not at all."""
    form = TonnagesForm(request.POST, request.FILES)
    if not form.is_valid():
        return _data(request, tonnages=form)
    try:
        kilograms = tonnages_read(
            form.cleaned_data["file"],
            communes=selectors.communes_by_insee(),
            today=on_the_wall(timezone.now()).date(),
        )
    except TonnagesInvalid as refusal:
        return _data(request, tonnages=form, problems=refusal.problems)
    count = services.tonnages_note(actor=cast(User, request.user), kilograms=kilograms)
    messages.success(request, f"Lignes lues : {len(kilograms)}, nouvelles ou changées : {count}.")
    return redirect("analytics:impact-data")


@require_POST
@access.needs(CHANGE_IMPACT)
def sites_place(request: HttpRequest) -> HttpResponse:
    """Communes of sites."""
    form = _sites_form(request.POST)
    if not form.is_valid():
        return _data(request, sites=form)
    services.sites_place(actor=cast(User, request.user), communes=form.communes)
    messages.success(request, f"Bornes situées : {len(form.communes)}.")
    return redirect("analytics:impact-data")


@require_POST
@access.needs(CHANGE_IMPACT)
def spending_note(request: HttpRequest) -> HttpResponse:
    """What a year cost."""
    form = SpendingForm(request.POST)
    if not form.is_valid():
        return _data(request, spending=form)
    services.spending_note(
        actor=cast(User, request.user), year=form.cleaned_data["year"], cents=form.cents
    )
    messages.success(request, "Dépenses enregistrées.")
    return redirect("analytics:impact-data")


def _sites_form(posted: Any = None) -> SitesForm:
    return SitesForm(
        posted,
        sites=selectors.sites_unplaced(limit=_SITES_MAX),
        communes=selectors.communes_by_insee(),
    )


def _data(
    request: HttpRequest,
    *,
    tonnages: TonnagesForm | None = None,
    sites: SitesForm | None = None,
    spending: SpendingForm | None = None,
    problems: list[tuple[int, str]] | None = None,
) -> HttpResponse:
    has_errors = any(form is not None for form in (tonnages, sites, spending))
    context = {
        "section": "analytics",
        "tab": "impact",
        "tonnages": tonnages or TonnagesForm(),
        "sites": sites or _sites_form(),
        "spending": spending or SpendingForm(),
        "problems": problems,
        "has_errors": has_errors,
        "tonnage_changes": WeekTonnage.objects.select_related("actor", "commune")[:_CHANGES_MAX],
        "site_changes": SiteCommune.objects.select_related("actor", "commune")[:_CHANGES_MAX],
        "spending_changes": YearSpending.objects.select_related("actor")[:_CHANGES_MAX],
    }
    status = UNPROCESSABLE if has_errors else 200
    return render(request, "analytics/impact/data.html", context, status=status)
