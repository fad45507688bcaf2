"""The portal: one page, the same for everybody, that asks nothing of the database."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def portal(request: HttpRequest) -> HttpResponse:
    """`/`: what the service does, and the chat."""
    return render(request, "web/portal.html")
