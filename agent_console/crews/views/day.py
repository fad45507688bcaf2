"""``/console/crew/``: what there is to do, as a list and on a map."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agent_console.crews import access
from agent_console.crews.forms import AroundForm
from agent_console.crews.selectors import Position, day_of, services_of
from agent_console.facilities.views import with_map


@with_map
@never_cache
@require_safe
@access.needs(access.WORK)
def day(request: HttpRequest) -> HttpResponse:
    """Late first, then by due time."""
    return _page(request, None)


@with_map
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.WORK)
def around(request: HttpRequest) -> HttpResponse:
    """Nearest first.

    The position comes by POST, so that it stands in no address, no history and no log; nothing
    keeps it.
    """
    form = AroundForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("crews:day")
    return _page(request, Position(form.cleaned_data["lat"], form.cleaned_data["lon"]))


def _page(request: HttpRequest, position: Position | None) -> HttpResponse:
    user = cast(User, request.user)
    context = {
        "services": services_of(user),
        "day": day_of(user=user, around=position),
        "is_around": position is not None,
        "tiles_url": settings.MAP_TILES_URL,
        "tiles_attribution": settings.MAP_TILES_ATTRIBUTION,
    }
    return render(request, "crews/day.html", context)
