"""What happens before and outside the API's routes is a problem too, never an HTML page."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from service_kit.problems import CONTENT_TYPE, problem_response

_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 500: "internal_error"}


class ProblemMiddleware:
    """Refuses bodies over the limit (413) and rewrites bare error pages as problems."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        allowed: int = settings.BODY_MAX_BYTES_OF_PATH.get(request.path, settings.BODY_MAX_BYTES)
        if _declared_bytes(request) > allowed:
            return problem_response(413, "body_too_large")
        response = self._get_response(request)
        if response.status_code in _CODES and response.get("Content-Type") != CONTENT_TYPE:
            return _as_problem(response)
        return response


def _declared_bytes(request: HttpRequest) -> int:
    """``Content-Length``; Django reads no further than what it declares, and nothing without it."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _as_problem(response: HttpResponseBase) -> HttpResponse:
    problem = problem_response(response.status_code, _CODES[response.status_code])
    if "Allow" in response:
        problem["Allow"] = response["Allow"]
    return problem
