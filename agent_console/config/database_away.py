"""When the database is away, locked for too long or has no connection left: 503, come back."""

from __future__ import annotations

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from service_kit.problems import database_away_response

_PROGRAMS = ("/api/", "/channels/", "/collectors/")


class DatabaseAwayMiddleware:
    """Answers what a view could not: a program is told by a code, a person by a page.

    The commit may have happened; every write that is sent again carries a key or a provider's id.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """503 for what passes; anything else is somebody else's."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        answer = database_away_response(exception)
        if request.path.startswith(_PROGRAMS):
            return answer
        page = render(request, "503.html", status=answer.status_code)
        page["Retry-After"] = answer["Retry-After"]
        return page
