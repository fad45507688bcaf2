"""The service worker: at an address of its own, because that is how far it may reach."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_SCRIPT = Path(__file__).parent.parent / "static" / "crews" / "sw.js"


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """``/console/crew/sw.js``: code, no data, so it asks for no session."""
    return HttpResponse(
        _SCRIPT.read_bytes(),
        content_type="text/javascript",
        headers={"Cache-Control": "no-cache"},
    )
