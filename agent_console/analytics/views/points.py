"""``/console/analyses/points/``: the days behind a number that is kept by day, and points' CSV."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agent_console.intake import access

from ..export import points_csv_of
from ..impact.daily import DEPOSITS
from ..measures import labels_of
from ..periods import Period
from ..permissions import VIEW
from ..points import GIVEN, POINTS
from ..selectors import days_of, table
from .common import csv_response, with_period

_BY_DAY = {one.code: one for one in (POINTS, GIVEN, DEPOSITS)}


@require_safe
@access.needs(VIEW)
@with_period
def points(request: HttpRequest, period: Period) -> HttpResponse:
    """Day by day."""
    measure = _BY_DAY.get(request.GET.get("mesure", POINTS.code))
    key = request.GET.get("valeur", "")
    if measure is None:
        raise Http404
    labels, days = labels_of(measure), days_of(measure, key, period)
    if key not in labels and not days.exists():
        raise Http404
    context = {
        "section": "analytics",
        "tab": "",
        "period": period,
        "measure": measure,
        "is_of_impact": measure != POINTS,
        "label": labels.get(key, key),
        "days": days,
    }
    return render(request, "analytics/points.html", context)


@require_safe
@access.needs(VIEW)
@with_period
def points_export(request: HttpRequest, period: Period) -> HttpResponse:
    """For a spreadsheet."""
    return csv_response(points_csv_of(table(POINTS, period), period), POINTS.code, period)
