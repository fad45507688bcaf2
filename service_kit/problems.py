"""Errors that a person can read and a machine can branch on (RFC 9457 problem details).

Body: ``{type, title, status, code, message, fields}``; ``code`` is stable, ``message`` is French.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any, NoReturn

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = 2  # a database that restarts is back soon
logger = logging.getLogger(__name__)
_MESSAGES_FR = {
    400: "La demande est mal formée.",
    401: "Authentification requise.",
    403: "Accès refusé.",
    404: "Cette ressource n’existe pas.",
    405: "Cette méthode n’est pas permise ici.",
    413: "La demande est trop volumineuse.",
    500: "Une erreur est survenue de notre côté. Rien n’a été enregistré.",
    503: "Le service est momentanément indisponible.",
}


class ProblemOut(Schema):
    """The body of every refused request; declare it for 4xx responses in the OpenAPI."""

    type: str
    title: str
    status: int
    code: str
    message: str
    fields: dict[str, str]


class Problem(Exception):
    """A refused request: raise it anywhere below a view."""

    def __init__(
        self, status: int, code: str, message: str, fields: dict[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields or {}


def problem_body(
    status: int, code: str, message: str, fields: dict[str, str] | None = None
) -> dict[str, Any]:
    """The mapping behind ``ProblemOut``."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "message": message,
        "fields": fields or {},
    }


def problem_response(
    status: int, code: str, message: str | None = None, fields: dict[str, str] | None = None
) -> HttpResponse:
    """A problem as a plain Django response, for what happens outside the API's routes."""
    text = message or _MESSAGES_FR.get(status, "La demande ne peut pas aboutir.")
    return HttpResponse(
        json.dumps(problem_body(status, code, text, fields), ensure_ascii=False),
        status=status,
        content_type=CONTENT_TYPE,
    )


def database_away_response(failure: Exception) -> HttpResponse:
    """503 and when to come back; the commit may have happened: the same key or number tells."""
    cause = type(failure.__cause__ or failure).__name__
    logger.error("database unavailable", extra={"code": cause})
    response = problem_response(503, "database_unavailable")
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response


def install_problem_handlers(api: NinjaAPI) -> None:
    """Make every error of ``api`` a problem; unexpected ones stay 500 and are logged by Django."""

    def on_problem(request: HttpRequest, exc: Problem) -> HttpResponse:
        return problem_response(exc.status, exc.code, exc.message, exc.fields)

    def on_validation(request: HttpRequest, exc: ValidationError) -> HttpResponse:
        fields = {
            ".".join(str(part) for part in error["loc"] if part not in ("body", "payload")): str(
                error["msg"]
            )
            for error in exc.errors
        }
        return problem_response(
            422, "invalid_request", "La demande contient des champs invalides.", fields
        )

    def on_unauthenticated(request: HttpRequest, exc: AuthenticationError) -> HttpResponse:
        return problem_response(401, "token_invalid")

    def on_http_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
        return problem_response(exc.status_code, f"http_{exc.status_code}")

    def on_missing(request: HttpRequest, exc: Http404) -> HttpResponse:
        return problem_response(404, "not_found")

    api.exception_handler(Problem)(on_problem)
    api.exception_handler(ValidationError)(on_validation)
    api.exception_handler(AuthenticationError)(on_unauthenticated)
    api.exception_handler(HttpError)(on_http_error)
    api.exception_handler(Http404)(on_missing)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A ``handler404`` for services that only speak JSON."""
    return problem_response(404, "not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """A ``handler500`` for services that only speak JSON."""
    return problem_response(500, "internal_error")


def refuse(status: int, code: str, message: str, **fields: str) -> NoReturn:
    """Raise a ``Problem``; reads better than ``raise`` at the end of a lookup."""
    raise Problem(status, code, message, fields)
