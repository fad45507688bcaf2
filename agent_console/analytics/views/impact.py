"""``/console/analyses/effets/``: before and after rewards, and what makes each number up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agent_console.french_days import on_the_wall
from agent_console.intake import access
from agent_console.places.models import Commune

from ..export import csv_of, points_csv_of, sheet
from ..impact import selectors
from ..impact.daily import REPORTS
from ..impact.models import Effect, Phase, Study, Volume
from ..periods import DAYS_MAX, Period
from ..permissions import VIEW
from ..points import GIVEN
from ..selectors import table, tables, ways_over_time
from .common import Counted, csv_response, with_period

_ROWS = 50


@require_safe
@access.needs(VIEW)
@with_period
def impact(request: HttpRequest, period: Period) -> HttpResponse:
    """Everything on one page."""
    today = _today()
    shown = tables([REPORTS, GIVEN], period)
    found = selectors.studies_found()
    steps = ways_over_time(Period(period.before.first, period.last), REPORTS.code)
    context: dict[str, Any] = {
        "section": "analytics",
        "tab": "impact",
        "period": period,
        "starts": [
            (one.study.began_on, _since(one.study.began_on, today))
            for one in found
            if one.study.began_on <= today
        ],
        "reports": shown[REPORTS.code],
        "steps": steps,
        "marked": max((one.since for one in steps if one.since <= period.first), default=None),
        "given": shown[GIVEN.code],
        "studies": found,
        "effects": [effect for one in found for effect in one.effects if not effect.code],
        "costs": selectors.costs_of_year(today=today),
        "budget_cents_each": selectors.BUDGET_CENTS_EACH,
        "budget_euros_each": selectors.BUDGET_CENTS_EACH / 100,
        "budget_residents": selectors.BUDGET_RESIDENTS,
        "reference": selectors.CLIIINK_PERCENT,
    }
    return render(request, "analytics/impact/impact.html", context)


@require_safe
@access.needs(VIEW)
def study(request: HttpRequest, pk: int) -> HttpResponse:
    """A study: its sentence, its weeks, its communes, its history."""
    shown, volume, phase = _asked(request, pk)
    detail = selectors.detail_of(shown, volume, phase, today=_today())
    context = {
        "section": "analytics",
        "tab": "impact",
        "study": shown,
        "is_current": not (shown.is_withdrawn or Study.objects.filter(replaces=shown).exists()),
        "effect": Effect.objects.filter(study=shown, volume=volume, phase=phase).first(),
        "volume": Volume(volume),
        "phase": Phase(phase),
        "choices": [
            (one, other)
            for one in Volume
            for other in (Phase if shown.ended_on else [Phase.DURING])
        ],
        "detail": detail,
        "history": selectors.study_history(shown),
        "names": selectors.communes_by_insee(),
        "reference": 100 + selectors.CLIIINK_PERCENT,
    }
    return render(request, "analytics/impact/study.html", context)


@require_safe
@access.needs(VIEW)
def tonnages(request: HttpRequest, insee: str) -> HttpResponse:
    """What was noted of a commune, by whom."""
    commune = get_object_or_404(Commune, pk=insee, parent=None)
    page = Paginator(selectors.tonnages_of(insee), _ROWS).get_page(request.GET.get("page"))
    context = {"section": "analytics", "tab": "impact", "commune": commune, "page": page}
    return render(request, "analytics/impact/tonnages.html", context)


@require_safe
@access.needs(VIEW)
@with_period
def reports(request: HttpRequest, period: Period) -> HttpResponse:
    """The reports behind a number."""
    key = request.GET.get("valeur", "")
    if key not in REPORTS.labels:
        raise Http404
    paginator = Counted(selectors.reports_of(key, period), _ROWS)
    line = table(REPORTS, period).line(key)
    paginator.count = line.count if line else 0
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "section": "analytics",
        "tab": "impact",
        "period": period,
        "key": key,
        "label": REPORTS.labels[key],
        "page": page,
    }
    return render(request, "analytics/impact/reports.html", context)


@require_safe
@access.needs(VIEW)
@with_period
def export(request: HttpRequest, period: Period, code: str) -> HttpResponse:
    """The tables of the page for a spreadsheet."""
    if code == REPORTS.code:
        body = csv_of(table(REPORTS, period), period, counted=REPORTS.title)
    elif code == GIVEN.code:
        body = points_csv_of(table(GIVEN, period), period)
    elif code == "effects":
        body = _effects_csv()
    elif code == "cost":
        body = _costs_csv()
    else:
        raise Http404
    return csv_response(body, code, period)


@require_safe
@access.needs(VIEW)
def study_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Every week of every commune that the effect is made of."""
    shown, volume, phase = _asked(request, pk)
    detail = selectors.detail_of(shown, volume, phase, today=_today())
    sides = detail.sides
    body = sheet(
        ["INSEE", "Commune", "Groupe", "Laissée de côté", "Semaine", "Côté", Volume(volume).label],
        (
            [
                line.insee,
                line.name,
                "récompensée" if line.is_rewarded else "comparaison",
                line.left_out,
                f"{week:%d/%m/%Y}",
                "avant" if week in sides.before else "après",
                sides.series.get(line.insee, {}).get(week),
            ]
            for line in detail.communes
            for week in (*sides.before, *sides.after)
        ),
    )
    weeks = [*sides.before, *sides.after]
    return csv_response(body, f"etude_{pk}_{volume}_{phase}", Period(weeks[0], weeks[-1]))


def _asked(request: HttpRequest, pk: int) -> tuple[Study, str, str]:
    shown = get_object_or_404(Study.objects.select_related("actor"), pk=pk)
    volume = request.GET.get("volume", Volume.TONNAGE)
    phase = request.GET.get("phase", Phase.DURING)
    if volume not in Volume.values or phase not in Phase.values:
        raise Http404
    if phase == Phase.AFTER and shown.ended_on is None:
        raise Http404
    return shown, volume, phase


def _since(first: date, today: date) -> Period:
    """As long as a period may be."""
    return Period(first, min(today, first + timedelta(days=DAYS_MAX - 1)))


def _today() -> date:
    return on_the_wall(timezone.now()).date()


def _effects_csv() -> str:
    head = ["Étude", "Premier jour", "Dernier jour", "Mesure", "Comparaison", "Effet (%)"]
    head += ["Intervalle à 95 %, de (%)", "à (%)", "Communes récompensées"]
    head += ["Communes de comparaison", "Semaines avant", "Semaines après", "Sans résultat"]
    return sheet(
        head,
        (
            [
                one.study.pk,
                f"{one.study.began_on:%d/%m/%Y}",
                f"{one.study.ended_on:%d/%m/%Y}" if one.study.ended_on else "",
                Volume(effect.volume).label,
                Phase(effect.phase).label,
                effect.percent,
                effect.low,
                effect.high,
                effect.rewarded,
                effect.compared,
                effect.weeks_before,
                effect.weeks_after,
                effect.code,
            ]
            for one in selectors.studies_found()
            for effect in one.effects
        ),
    )


def _costs_csv() -> str:
    rows: list[list[str | int | float | None]] = [
        [
            one.code,
            one.year or "365 derniers jours",
            one.cents / 100,
            one.residents,
            one.euros_each,
        ]
        for one in selectors.costs_of_year(today=_today())
    ]
    rows.append(
        ["budget", "2019", None, selectors.BUDGET_RESIDENTS, selectors.BUDGET_CENTS_EACH / 100]
    )
    head = ["Coût", "Année", "Euros", "Habitants", "Euros par habitant et par an"]
    return sheet(head, rows)
