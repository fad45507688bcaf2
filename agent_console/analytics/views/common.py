"""What the pages share: the period that an address asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agent_console.french_days import on_the_wall

from ..periods import Period, PeriodInvalid, last_days, period_of


class Counted(Paginator):  # type: ignore[type-arg]  # Django’s own is not generic
    """Knows how many there are from the day's totals: counting again would read all of them."""

    count: int = 0


PRESETS = ((7, "7 jours"), (30, "30 jours"), (91, "3 mois"), (365, "1 an"))


def with_period[**P](
    view: Callable[Concatenate[HttpRequest, Period, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """View decorator: hands the period over, or says what is wrong with it (400)."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        today = on_the_wall(timezone.now()).date()
        try:
            period = period_of(request.GET, today=today)
        except PeriodInvalid as refusal:
            context: dict[str, Any] = {"section": "analytics", "tab": "", "code": refusal.code}
            return render(
                request, "analytics/period_invalid.html", context, status=HTTPStatus.BAD_REQUEST
            )
        return view(request, period, *args, **kwargs)

    return wrapped


def presets() -> list[tuple[str, Period]]:
    """Periods that one click chooses."""
    today = on_the_wall(timezone.now()).date()
    return [(label, last_days(days, today=today)) for days, label in PRESETS]


def csv_response(body: str, code: str, period: Period) -> HttpResponse:
    """A file to keep, named after what it is of."""
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    name = f"{code}_{period.first:%Y%m%d}_{period.last:%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
