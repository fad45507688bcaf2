"""What the public pages share: language, and how they are rendered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language_from_request

UNPROCESSABLE = 422


def locale_of(request: HttpRequest) -> str:
    """``?lang=en`` or the browser's language chooses English."""
    asked = request.GET.get("lang", "") or get_language_from_request(request)
    return "en" if asked == "en" else "fr"


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page in the reader's language."""
    locale = locale_of(request)
    common = {"en": locale == "en", "locale": locale}
    with translation.override(locale):  # months and days
        return render(request, template, common | context, status=status)
