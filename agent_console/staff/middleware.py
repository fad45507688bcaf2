"""Sessions that stopped being enough are ended before any page sees them."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from . import expiry
from .sessions import is_enough


class StaffSessionMiddleware:
    """Sign out a session that is over, or holds less than its account needs; the page then asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if expiry.is_over(request.session) or not is_enough(request.session, request.user):
                logout(request)
            else:
                expiry.somebody_is_there(request)
        return self.get_response(request)
