"""What these pages share: who acts, and how the wallet's refusals are said."""

import uuid
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from agent_console.staff.selectors import names_of
from agent_console.staff.services import actor_of
from agent_console.wallet.http import WalletError, WalletRefused, WalletUnavailable
from service_kit.logs import get_logger

UNPROCESSABLE = 422
UNAVAILABLE = 503

logger = get_logger(__name__)


def actor(request: HttpRequest) -> uuid.UUID:
    """The signed-in supervisor's number in the wallet's books."""
    return actor_of(user=cast(User, request.user))  # `needs` lets nobody else through


def names(actor_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Names of those who acted."""
    return names_of(actor_ids=[number for number in actor_ids if number is not None])


def failure_text(failure: WalletError) -> str:
    """What to tell a supervisor about an answer of the wallet that is no success."""
    code = getattr(failure, "code", "") or type(failure).__name__
    message = failure.message if isinstance(failure, WalletRefused) else ""
    logger.warning("wallet said no", extra={"code": code, "route": "nudges"})
    return render_to_string(
        "nudges/parts/failure.txt",
        {"code": code, "message": message, "is_away": isinstance(failure, WalletUnavailable)},
    ).strip()


def unavailable(request: HttpRequest, section: str, failure: WalletError) -> HttpResponse:
    """The page without its content: the wallet gave none."""
    context = {"section": "nudges", "tab": section, "failure": failure_text(failure)}
    return render(request, "nudges/unavailable.html", context, status=UNAVAILABLE)


def form_refused(form: forms.Form, failure: WalletError) -> None:
    """Show a refusal beside the fields it is about, else above the form."""
    text = failure_text(failure)
    fields: dict[str, Any] = failure.fields if isinstance(failure, WalletRefused) else {}
    known = [name for name in fields if name in form.fields]
    for name in known:
        form.add_error(name, text)
    if not known:
        form.add_error(None, text)
