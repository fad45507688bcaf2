"""What was counted: the page, the files, and the voter's own check."""

from __future__ import annotations

import csv
from io import StringIO
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from . import selectors
from .forms import ReceiptForm
from .models import Consultation
from .pages import UNPROCESSABLE, locale_of, page
from .workflow import State

_REST = {"fr": "Autres communes, ou non dit", "en": "Other communes, or not said"}
_BOM = "\ufeff"  # spreadsheets read accents right


@require_safe
def results(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """The sums, once they are published."""
    consultation = _published(consultation_id)
    locale = locale_of(request)
    found = selectors.results(consultation, locale=locale)
    context = {
        "consultation": consultation,
        "title": getattr(consultation, f"title_{locale}"),
        "question": getattr(consultation, f"question_{locale}"),
        "results": found,
        "rest": _REST[locale],
        "steps": consultation.steps.filter(action="close").exclude(reason=""),
        "proposals": selectors.proposals_accepted(consultation),
    }
    return page(request, "consultations/results.html", context)


@require_safe
def results_csv(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """``commune;choix;votes``, semicolons and a byte order mark as French spreadsheets expect."""
    consultation = _published(consultation_id)
    found = selectors.results(consultation, locale="fr")
    lines: list[list[object]] = [["commune", "choix", "votes"]]
    lines += [["Total", bar.label, bar.votes] for bar in found.bars]
    for row in found.rows:
        lines += [
            [row.name or _REST["fr"], bar.label, votes]
            for bar, votes in zip(found.bars, row.votes, strict=True)
        ]
    return _csv(lines, name=f"consultation-{consultation.pk}.csv")


@require_safe
def codes_csv(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """The receipt codes of all counted ballots, in their own order, without what they chose."""
    consultation = _published(consultation_id)
    codes = selectors.counted_codes(consultation)
    lines: list[list[object]] = [["recepisse"]]
    lines += [[code] for code in codes]
    return _csv(lines, name=f"recepisses-{consultation.pk}.csv")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """Was my ballot counted?  The code comes by POST, so that it stands in no address."""
    consultation = selectors.consultation_find(consultation_id=consultation_id)
    if consultation is None:
        raise Http404
    locale = locale_of(request)
    form = ReceiptForm(request.POST if request.method == "POST" else None, locale=locale)
    outcome, status = "", 200
    if request.method == "POST":
        if not form.is_valid():
            status = UNPROCESSABLE
        elif consultation.counted_at is None:
            outcome = "not_yet"
        else:
            code = form.cleaned_data["code"]
            counted = selectors.is_counted(consultation=consultation, code=code)
            outcome = "counted" if counted else "not_counted"
    context = {
        "consultation": consultation,
        "title": getattr(consultation, f"title_{locale}"),
        "form": form,
        "outcome": outcome,
    }
    return page(request, "consultations/receipt.html", context, status=status)


def _published(consultation_id: UUID) -> Consultation:
    found = selectors.consultation_find(consultation_id=consultation_id)
    if found is None or found.state != State.PUBLISHED:
        raise Http404
    return found


def _csv(lines: list[list[object]], *, name: str) -> HttpResponse:
    out = StringIO()
    out.write(_BOM)
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(
        [_plain(cell) for cell in line] for line in lines
    )
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _plain(cell: object) -> object:
    """A label that a spreadsheet would run as a formula is quoted (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
