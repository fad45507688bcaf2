"""``/console/entrainement/exports/``: what was accepted, as training data."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.intake import access
from agent_console.staff.auditing import audit
from agent_console.staff.confirming import confirmed
from agent_console.staff.models import Act

from ..errors import NothingToExport
from ..models import Export
from ..permissions import EXPORT
from ..selectors import exports, waiting_count
from ..services import export_make

_SHOWN_MAX = 200


@require_safe
@access.needs(EXPORT)
def export_list(request: HttpRequest) -> HttpResponse:
    """Those made so far, and how many corrections wait for the next one."""
    context = {
        "section": "training",
        "tab": "exports",
        "waiting": waiting_count(),
        "exports": exports()[:_SHOWN_MAX],
    }
    return render(request, "training/exports.html", context)


@confirmed
@require_POST
@access.needs(EXPORT)
def export_new(request: HttpRequest) -> HttpResponse:
    """Make one; pressed twice, the second finds nothing left."""
    try:
        made = export_make(actor=cast(User, request.user))
    except NothingToExport as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, f"L’export n° {made.pk} est prêt : téléchargez-le.")
    return redirect("training:exports")


@confirmed
@require_safe
@access.needs(EXPORT)
def export_file(request: HttpRequest, number: int) -> HttpResponse:
    """The file as it was made."""
    found = Export.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    audit(actor=cast(User, request.user), act=Act.FILE, subject=f"entrainement {number}")
    return HttpResponse(
        found.content,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="corrections_{number}.yml"'},
    )
