"""What every provider's webhook does first and last: bounded, refused without content."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError

from service_kit.logs import get_logger
from service_kit.problems import problem_response

logger = get_logger(__name__)


class Refused(Exception):
    """A request that is not the provider's, or not one that we read; nothing was stored."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


def body_bounded(request: HttpRequest, *, most: int) -> bytes:
    """The body, when it is at most ``most`` bytes; raises ``Refused`` before it is looked at."""
    try:
        said = int(request.headers.get("Content-Length") or 0)
    except ValueError as error:
        raise Refused(400, "length_invalid") from error
    if said > most:
        raise Refused(400, "body_too_large")
    try:
        body = request.body
    except (RawPostDataException, UnreadablePostError) as error:
        raise Refused(400, "body_unreadable") from error
    if len(body) > most:
        raise Refused(400, "body_too_large")
    return body


def refusal(channel: str, refused: Refused) -> HttpResponse:
    """The answer to a refused request, logged by its code alone."""
    logger.warning(
        "webhook refused",
        extra={"channel": channel, "code": refused.code, "status_code": refused.status},
    )
    return problem_response(refused.status, refused.code)
