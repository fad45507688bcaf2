"""`/console/staff/audit/`: who looked at whom."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agent_console.citizens.models import Resident
from agent_console.citizens.selectors import residents_same
from agent_console.intake.access import needs
from agent_console.staff.auditing import Asked, audit_page
from agent_console.staff.models import AuditEntry

from .forms import AskedForm

VIEW = "staff.view_audit_trail"
_PER_PAGE = 50


@never_cache
@require_safe
@needs(VIEW)
def trail(request: HttpRequest) -> HttpResponse:
    """`?person=&agent=&since=&until=`, newest first; a merged person's entries are found too."""
    form = AskedForm(request.GET)
    rows: list[AuditEntry] = []
    cursor = 0
    if form.is_valid():
        given = form.cleaned_data
        person = given["person"]
        asked = Asked(
            residents=_numbers_of(person) if person else (),
            actor=given["agent"].strip(),
            since=given["since"],
            until=given["until"],
        )
        rows, cursor = audit_page(asked=asked, before=given["before"], limit=_PER_PAGE)
    onward = request.GET.copy()
    onward["before"] = str(cursor)
    context = {
        "section": "staff",
        "form": form,
        "rows": rows,
        "next": onward.urlencode() if cursor else "",
        "is_later": bool(request.GET.get("before")),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "staff_admin/trail.html", context, status=status)


def _numbers_of(person: UUID) -> frozenset[UUID]:
    """Those that one person ever had; an unknown number stays what was asked for."""
    try:
        return residents_same(resident_id=person) | {person}
    except Resident.DoesNotExist:
        return frozenset({person})
