"""``/signalements/<uuid>/``: the receipt, for whoever was given its address.

The address is the secret, so no index and no cache may keep the page.
"""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agent_console.reports.errors import ReopenTooLate, ReportUnknown
from agent_console.reports.feedback import receipt_feedback

from .selectors import receipt_find

_TOO_LATE = {
    "fr": "Ce signalement est clos depuis trop longtemps pour être rouvert. "
    "Faites-en un nouveau : il sera traité comme les autres.",
    "en": "This report was closed too long ago to be reopened. "
    "Please make a new one: it is dealt with like any other.",
}
_TOO_LONG = {
    "fr": "300 caractères au plus, s’il vous plaît.",
    "en": "300 characters at most, please.",
}


class FeedbackForm(forms.Form):
    """An answer to "C'est réglé ?"."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    comment = forms.CharField(max_length=300, required=False)


@never_cache
@require_safe
def receipt(request: HttpRequest, receipt_key: UUID) -> HttpResponse:
    """The receipt; `?lang=en` or the browser's language chooses English."""
    return _page(request, receipt_key)


@never_cache
@require_POST
def feedback(request: HttpRequest, receipt_key: UUID) -> HttpResponse:
    """Yes or no; "no" reopens.  Pressing twice changes nothing."""
    locale = _locale(request)
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        problem = _TOO_LONG[locale] if "comment" in form.errors else ""
        return _page(request, receipt_key, problem=problem, status=422)
    try:
        receipt_feedback(
            receipt_key=receipt_key,
            is_solved=form.cleaned_data["answer"] == "yes",
            comment=form.cleaned_data["comment"],
        )
    except ReportUnknown as unknown:
        raise Http404 from unknown
    except ReopenTooLate:
        return _page(request, receipt_key, problem=_TOO_LATE[locale], status=409)
    return redirect(f"{reverse('receipts:receipt', args=[receipt_key])}?lang={locale}")


def _locale(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "") or get_language_from_request(request)
    return "en" if asked == "en" else "fr"


def _page(
    request: HttpRequest, receipt_key: UUID, *, problem: str = "", status: int = 200
) -> HttpResponse:
    locale = _locale(request)
    found = receipt_find(receipt_key=receipt_key, locale=locale)
    if found is None:
        raise Http404
    context = {
        "receipt": found,
        "en": locale == "en",
        "problem": problem,
        "comment": request.POST.get("comment", ""),
    }
    with translation.override(locale):  # months and days
        response = render(request, "receipts/receipt.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
