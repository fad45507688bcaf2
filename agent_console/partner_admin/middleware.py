"""Nothing opens to an initial password but the page where its owner chooses another."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from agent_console.staff.initial_passwords import MUST_CHOOSE


class InitialPasswordMiddleware:
    """Send a session that was opened with an initial password to the page that replaces it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.session.get(MUST_CHOOSE) or self._is_open(request):
            return self.get_response(request)
        return redirect("partner_admin:own-password")

    def _is_open(self, request: HttpRequest) -> bool:
        open_to_all = (
            reverse("partner_admin:own-password"),
            reverse("console:logout"),
            reverse("partners:logout"),
            "/static/",
        )
        return request.path.startswith(open_to_all)
