"""Who may stand at a till: the permission, and an active cashier behind the account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from .models import Cashier
from .selectors import cashier_of

CAPTURE_VOUCHERS = "partners.capture_voucher"
SIGN_IN = "partners:login"


def at_the_till[**P](
    view: Callable[Concatenate[HttpRequest, Cashier, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """View decorator: hands over the active cashier behind the session.

    Without a session: the partners' sign-in form.  Without the permission, or at no till (any
    more): a page that says so, 403.  Nothing is kept by the browser: a till is often shared.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), login_url=SIGN_IN)
        cashier = cashier_of(user=request.user)
        if cashier is None or not request.user.has_perm(CAPTURE_VOUCHERS):
            return render(request, "partners/no_till.html", status=403)
        return view(request, cashier, *args, **kwargs)

    return never_cache(guarded)
