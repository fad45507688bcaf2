"""What the pages share: a wallet that is away or refuses a read, forms and their statuses."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, cast

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from agent_console.partner_admin.forms.base import KeyedForm
from agent_console.staff.auditing import audit_look
from agent_console.staff.models import Act
from agent_console.staff.services import actor_of
from agent_console.wallet.http import WalletError, WalletRefused
from service_kit.logs import get_logger

logger = get_logger(__name__)


def reads_wallet[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """View decorator: a number that the wallet does not know is 404, a wallet that is away a page
    that says so (503).  Writes explain themselves at their forms before this."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except WalletRefused as refusal:
            raise Http404 from refusal
        except WalletError as failure:
            logger.warning(
                "wallet not read",
                extra={"code": type(failure).__name__, "route": view.__name__},
            )
            status = HTTPStatus.SERVICE_UNAVAILABLE
            return render(request, "partner_admin/away.html", status=status)

    return guarded


def user_of(request: HttpRequest) -> User:
    """Who is signed in; the guard lets nobody else through."""
    return cast(User, request.user)


def actor(request: HttpRequest) -> uuid.UUID:
    """Their number in the wallet's books."""
    return actor_of(user=user_of(request))


def note(request: HttpRequest, act: Act, subject: str) -> None:
    """Write into the audit trail what the wallet has just done; a form sent again adds nothing."""
    audit_look(actor=user_of(request), act=act, subject=subject)


def form_page(
    request: HttpRequest, template: str, form: KeyedForm, context: dict[str, Any]
) -> HttpResponse:
    """A page with a form, under the status that the form has come to."""
    return render(request, template, {"form": form, **context}, status=form.status)
