"""`/nous-joindre/`: when people answer, for anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agent_console.calls.selectors import desk_is_open
from agent_console.french_days import is_public_holiday
from agent_console.opening.hours import DeskHours
from agent_console.opening.selectors import desk_hours
from agent_console.opening.words import Locale, moment_words, span_words, week_lines

_DAYS_SHOWN = 60  # what is further away may change until then


@never_cache
@require_safe
def reach(request: HttpRequest) -> HttpResponse:
    """The week, what is different soon, and whether somebody answers now; `?lang=en`."""
    asked = request.GET.get("lang", "") or get_language_from_request(request)
    locale: Locale = "en" if asked == "en" else "fr"
    now, hours = timezone.now(), desk_hours()
    opens_at = None if hours.is_open(now) else hours.next_opening(now)
    context = {
        "en": locale == "en",
        "is_open": desk_is_open(),
        "opens": moment_words(opens_at, locale) if opens_at else "",
        "week": week_lines(hours, locale),
        "holidays": span_words(hours.week[-1], locale),
        "exceptions": _different_soon(hours, locale),
    }
    return render(request, "phone_desk/reach.html", context)


def _different_soon(hours: DeskHours, locale: Locale) -> list[dict[str, Any]]:
    """The days of the next weeks that are not like their weekday, with why."""
    today = timezone.localdate()
    days = (today + timedelta(days=number) for number in range(_DAYS_SHOWN))
    found = []
    for day in days:
        special = hours.exception_on(day)
        span = hours.on(day)
        if span == hours.week[day.weekday()] and not special:
            continue
        found.append(
            {
                "day": day,
                "hours": span_words(span, locale),
                "reason": special.reason if special else "",
                "is_holiday": special is None and is_public_holiday(day),
            }
        )
    return found
