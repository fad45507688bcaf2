"""Before money and exports: who is at this screen says again that it is them.

The page that asks stands at the address that was asked for and holds what was typed, so that
nothing is kept on the way and nothing is lost: its form sends the same fields again, with the code.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from . import second_factor
from .errors import AccessError

_AT = "confirmed_at"
FIELD, READS = "confirm_secret", "confirm_reads"
_ASKED = (FIELD, READS, "csrfmiddlewaretoken")


def mark(session: SessionBase) -> None:
    """Somebody just proved who they are."""
    session[_AT] = time.time()


def confirmed[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """View decorator, the outermost: a proof of the last ``STAFF_CONFIRM_S`` seconds, or the page.

    Proof is a code of the second factor; of an account that has none, its password.  Strangers
    pass, for the view to send them to the sign-in form.
    """

    @sensitive_post_parameters(FIELD)
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if FIELD in request.POST:
            if refusal := _refusal(request, request.user):
                return _ask(request, request.user, refusal)
            mark(request.session)
            if READS in request.POST:
                return redirect(request.get_full_path())
        elif time.time() - request.session.get(_AT, 0) > settings.STAFF_CONFIRM_S:
            return _ask(request, request.user, "")
        return view(request, *args, **kwargs)

    return guarded


def _refusal(request: HttpRequest, user: User) -> str:
    given = request.POST[FIELD]
    if second_factor.is_enrolled(user):
        try:
            second_factor.code_check(user=user, code=given)
        except AccessError as error:
            return error.message
        return ""
    # As at the sign-in form: wrong passwords lock the account.
    found = authenticate(request, username=user.get_username(), password=given)
    return "" if found == user else "Ce n’est pas votre mot de passe."


def _ask(request: HttpRequest, user: User, refusal: str) -> HttpResponse:
    is_post = request.method == "POST"
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _ASKED
        for value in values
    ]
    match = request.resolver_match
    is_till = match is not None and match.app_name == "partners"
    context = {
        "dress": "partners/base.html" if is_till else "intake/base.html",
        "refusal": refusal,
        "kept": kept,
        "reads": not is_post or READS in request.POST,
        "is_enrolled": second_factor.is_enrolled(user),
    }
    answer = render(request, "staff/confirm.html", context, status=HTTPStatus.FORBIDDEN)
    answer.headers["Cache-Control"] = "no-store"
    return answer
