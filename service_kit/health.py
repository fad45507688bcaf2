"""``/healthz`` (the process is alive) and ``/readyz`` (it can serve, or names what is missing)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from django.db import connections
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

Check = Callable[[], None]
logger = logging.getLogger(__name__)


def missing_parts(checks: Mapping[str, Check]) -> list[str]:
    """The names of the checks that raise, in the mapping's order; checks run side by side.

    A check bounds its own time (two seconds is a good bound) and raises when its part can't serve.
    """

    def passes(check: Check) -> bool:
        try:
            check()
        except Exception as exc:  # whatever the reason, the part is missing
            logger.debug("readiness check failed: %s", type(exc).__name__)
            return False
        finally:
            # The thread ends here: what it opened goes back to the pool.
            connections.close_all()
        return True

    if not checks:
        return []
    with ThreadPoolExecutor(max_workers=len(checks)) as pool:
        results = list(pool.map(passes, checks.values()))
    return [name for name, passed in zip(checks, results, strict=True) if not passed]


def health_urls(checks: Mapping[str, Check]) -> list[URLPattern]:
    """URL patterns for both pages; ``checks`` maps the name of a part to a callable."""

    @require_safe
    def healthz(request: HttpRequest) -> JsonResponse:
        return JsonResponse({"status": "ok"})

    @require_safe
    def readyz(request: HttpRequest) -> JsonResponse:
        missing = missing_parts(checks)
        status = "unavailable" if missing else "ready"
        return JsonResponse({"status": status, "missing": missing}, status=503 if missing else 200)

    return [path("healthz", healthz, name="healthz"), path("readyz", readyz, name="readyz")]
