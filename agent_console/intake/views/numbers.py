"""The whole number, where pages show its end only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def number_revealed(request: HttpRequest, *, number: str) -> HttpResponse:
    """The answer to « Afficher », once the caller wrote the look down.

    Into its place with htmx; without a script, on a page of its own.
    """
    is_part = bool(getattr(request, "htmx", False))
    template = "intake/parts/number_revealed.html" if is_part else "intake/number.html"
    return render(request, template, {"number": number})
