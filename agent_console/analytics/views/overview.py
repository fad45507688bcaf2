"""``/console/analyses/``: totals of a period, what makes them up, what they mean."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agent_console.intake import access
from agent_console.wallet.http import WalletError
from agent_console.wallet.limits import LimitsView, limits_get

from ..costs import cost_lines
from ..export import csv_of
from ..measures import MEASURES, Measure, labels_of
from ..periods import Period
from ..permissions import VIEW
from ..points import POINTS
from ..selectors import (
    episodes_of,
    satisfaction_of,
    sentences_missed,
    table,
    tables,
    ways_over_time,
)
from .common import Counted, csv_response, presets, with_period

# In the order of their showing; what they mean: templates/analytics/definitions.html.
SHOWN = (
    "channel", "hour", "commune", "outcome", "handled_by", "contained", "durable",
    "first_contact", "csat", "csat_channel", "csat_response", "hand_over", "fallback", "answer",
    "wait", "speed", "service_calls", "service_written", "attended", "handle", "way",
)  # fmt: skip
_ROWS = 50
_SENTENCES_MAX = 200


@require_safe
@access.needs(VIEW)
@with_period
def overview(request: HttpRequest, period: Period) -> HttpResponse:
    """Every measure with its chart and its table."""
    shown = tables([*(MEASURES[code] for code in SHOWN), POINTS], period)
    points = shown.pop(POINTS.code)
    satisfaction = satisfaction_of(shown["csat_channel"], shown["csat_response"])
    costs = cost_lines(shown["handled_by"])
    contacts = sum(line.count for line in costs)
    total_cents = sum(line.total_cents for line in costs)
    context: dict[str, Any] = {
        "section": "analytics",
        "tab": "overview",
        "period": period,
        "presets": presets(),
        "tables": shown.values(),
        "contained": shown["contained"].line("yes"),
        "durable": shown["durable"].line("yes"),
        "first_contact": shown["first_contact"].line("yes"),
        "satisfaction": satisfaction,
        "satisfaction_whole": satisfaction[-1] if satisfaction else None,
        "population": shown["channel"].population,
        "digital": shown["way"].line("digital"),
        "steps": ways_over_time(period),
        "costs": costs,
        "total_euros": total_cents / 100,
        "euros_each": total_cents / 100 / contacts if contacts else None,
        "points": points,
        "points_given": points.line("given"),
        "points_used": points.line("used"),
        "limits": _limits(),
    }
    return render(request, "analytics/overview.html", context)


@require_safe
@access.needs(VIEW)
@with_period
def contacts(request: HttpRequest, period: Period) -> HttpResponse:
    """The contacts behind one number."""
    measure, key, label = _number(request)
    paginator = Counted(episodes_of(measure, key, period), _ROWS)
    line = table(measure, period).line(key)
    paginator.count = line.count if line else 0
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "section": "analytics",
        "tab": "",
        "period": period,
        "measure": measure,
        "key": key,
        "label": label,
        "page": page,
        "sentences": sentences_missed(period, limit=_SENTENCES_MAX, behind=(measure, key)).count(),
        "most": _SENTENCES_MAX,
    }
    return render(request, "analytics/contacts.html", context)


@require_safe
@access.needs(VIEW)
@with_period
def sentences(request: HttpRequest, period: Period) -> HttpResponse:
    """What was not or wrongly understood, masked: of a period, or behind one of its numbers."""
    behind = _number(request) if "mesure" in request.GET else None
    context = {
        "section": "analytics",
        "tab": "sentences",
        "period": period,
        "presets": presets(),
        "sentences": sentences_missed(
            period, limit=_SENTENCES_MAX, behind=behind[:2] if behind else None
        ),
        "behind": behind,
        "most": _SENTENCES_MAX,
    }
    return render(request, "analytics/sentences.html", context)


@require_safe
@access.needs(VIEW)
def definitions(request: HttpRequest) -> HttpResponse:
    """What each number is of."""
    measures = [MEASURES[code] for code in SHOWN]
    context = {"section": "analytics", "tab": "definitions", "measures": measures}
    return render(request, "analytics/definitions.html", context)


@require_safe
@access.needs(VIEW)
@with_period
def export(request: HttpRequest, period: Period, code: str) -> HttpResponse:
    """A measure for a spreadsheet."""
    return csv_response(csv_of(table(_measure(code), period), period), code, period)


def _number(request: HttpRequest) -> tuple[Measure, str, str]:
    """``?mesure=&valeur=``: the measure, the key and what it means."""
    measure = _measure(request.GET.get("mesure", ""))
    key = request.GET.get("valeur", "")
    labels = labels_of(measure)
    if key not in labels:
        raise Http404
    return measure, key, labels[key]


def _measure(code: str) -> Measure:
    if code not in MEASURES:
        raise Http404
    return MEASURES[code]


def _limits() -> LimitsView | None:
    try:
        return limits_get()
    except WalletError:
        return None
