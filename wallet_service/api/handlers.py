"""From what services raise to problems (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from service_kit.problems import (
    RETRY_AFTER_S,
    database_away_response,
    install_problem_handlers,
    problem_response,
)
from wallet_service.ledger.errors import Refusal

from .messages import REFUSALS


def install_handlers(api: NinjaAPI) -> None:
    """Answer refusals with their status, and a database that is away with 503."""
    install_problem_handlers(api)

    def on_refusal(request: HttpRequest, exc: Refusal) -> HttpResponse:
        status, message = REFUSALS[exc.code]
        # What a refusal adds to its code, such as the cap that was reached.
        fields: dict[str, str] = getattr(exc, "fields", {})
        response = problem_response(status, exc.code, message, fields)
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            response["Retry-After"] = str(RETRY_AFTER_S)
        return response

    def on_database_away(
        request: HttpRequest, exc: OperationalError | InterfaceError
    ) -> HttpResponse:
        return database_away_response(exc)

    api.exception_handler(Refusal)(on_refusal)
    api.exception_handler(OperationalError)(on_database_away)
    api.exception_handler(InterfaceError)(on_database_away)
