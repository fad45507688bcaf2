"""``/console/mur/``: what happens now, to be read from across a room."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agent_console.intake import access

from ..permissions import VIEW
from ..wallboard import wallboard


@require_safe
@access.needs(VIEW)
def wall(request: HttpRequest) -> HttpResponse:
    """The page; its part is fetched again when something changes, and every ten seconds."""
    context = {"section": "analytics", "tab": "wall", "wall": wallboard(now=timezone.now())}
    return render(request, "analytics/wall.html", context)


@require_safe
@access.needs(VIEW)
def wall_part(request: HttpRequest) -> HttpResponse:
    """The numbers alone."""
    return render(request, "analytics/parts/wall.html", {"wall": wallboard(now=timezone.now())})
