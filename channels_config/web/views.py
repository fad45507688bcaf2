"""The portal, and the pictures that the chat sends."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from agent_console.conversations.errors import MediaRefused, MediaUnavailable
from agent_console.conversations.ports import photo_store
from channels_config.web.limits import UPLOADS
from channels_config.web.origins import request_origin_allowed
from channels_config.web.texts import UPLOAD_TEXTS
from channels_config.web.uploads import BYTES_MAX, UploadRefused, reference_of, session_of
from service_kit.logs import get_logger
from service_kit.problems import problem_response

logger = get_logger(__name__)


@require_safe
def portal(request: HttpRequest) -> HttpResponse:
    """`/`: what the service does, and the chat; asks nothing of the database."""
    return render(request, "web/portal.html")


@csrf_exempt  # no cookie opens it: the ticket does
@require_POST
def photos(request: HttpRequest) -> HttpResponse:
    """`POST /channels/web/photos`: keep one picture; ``{photo}`` is what the message sends it by.

    A form of ``ticket`` and ``photo``: what pages of other sites may post without asking first.
    """
    if not request_origin_allowed(request):
        return problem_response(403, "origin_refused")
    response = _photo_kept(request)
    response["Access-Control-Allow-Origin"] = request.headers["Origin"]
    response["Vary"] = "Origin"
    return response


def _photo_kept(request: HttpRequest) -> HttpResponse:
    try:
        session = session_of(request.POST.get("ticket", ""))
        files = request.FILES.getlist("photo")
    except UploadRefused:
        return _refused(403, "ticket_invalid")
    except (MultiPartParserError, UnreadablePostError):
        return _refused(400, "photo_unreadable")
    if len(files) != 1:
        return _refused(422, "photo_missing")
    if (files[0].size or 0) > BYTES_MAX:
        return _refused(413, "photo_too_large")
    taken = [rate.take(session) for rate in UPLOADS]  # each counts it, also when one is exceeded
    if not all(taken):
        return _refused(429, "rate_limited")
    try:
        photo_id = photo_store().store(files[0].read())
    except MediaRefused as refusal:
        return _refused(422, refusal.code)
    except MediaUnavailable as failure:
        return _refused(503, failure.code)
    return JsonResponse({"photo": reference_of(session=session, photo_id=photo_id)}, status=201)


def _refused(status: int, code: str) -> HttpResponse:
    logger.info("picture refused", extra={"channel": "web", "code": code})
    return problem_response(status, code, UPLOAD_TEXTS.get(code))
