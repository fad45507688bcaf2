"""``POST /collectors/glass``: what a collector's server calls; ``docs/collectors.md`` guides it."""

import time

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from service_kit.logs import get_logger
from service_kit.problems import problem_response

from .schemas import DepositsIn
from .services import deposits_receive
from .signature import NotSigned, Signed, verify

BODY_MAX_BYTES = 128 * 1024  # 200 deposits take some 40 kB
RETRY_AFTER_S = 30
_NOT_SIGNED_FR = {
    "signature_missing": "Il manque X-Collector, X-Timestamp ou X-Signature.",
    "signature_invalid": "La signature ne correspond pas à ce collecteur et à ce contenu.",
    "timestamp_stale": "X-Timestamp s’écarte de plus de 5 minutes de notre horloge.",
}

logger = get_logger(__name__)


@csrf_exempt  # the signature says who sends; no session is looked at
def glass(request: HttpRequest) -> HttpResponse:
    """Store a signed batch of deposits; 200 ``{accepted, duplicates, conflicts}``.

    Nothing of the body is read into our tables before the signature is checked.  Every other
    answer is a problem with a stable code, and nothing was stored.
    """
    if request.method != "POST":
        refused = problem_response(405, "method_not_allowed")
        refused["Allow"] = "POST"
        return refused
    body = _body(request)
    if body is None:
        return problem_response(413, "body_too_large")
    signed = Signed(
        collector=request.headers.get("X-Collector", ""),
        timestamp=request.headers.get("X-Timestamp", ""),
        signature=request.headers.get("X-Signature", ""),
    )
    try:
        collector = verify(
            signed=signed,
            body=body,
            secrets=settings.GLASS_COLLECTOR_SECRETS,
            now=time.time(),
        )
    except NotSigned as refusal:
        logger.warning("deposits refused", extra={"code": refusal.code, "route": "glass"})
        return problem_response(
            401, refusal.code, _NOT_SIGNED_FR[refusal.code], _wrong_headers(refusal.code, signed)
        )
    return _store(collector, body)


def _wrong_headers(code: str, signed: Signed) -> dict[str, str]:
    """Which header to mend."""
    if code == "timestamp_stale":
        return {"X-Timestamp": "stale"}
    if code == "signature_invalid":
        return {"X-Signature": "invalid"}
    given = {
        "X-Collector": signed.collector,
        "X-Timestamp": signed.timestamp,
        "X-Signature": signed.signature,
    }
    return {name: "missing" for name, value in given.items() if not value}


def _store(collector: str, body: bytes) -> HttpResponse:
    try:
        batch = DepositsIn.model_validate_json(body)
    except ValidationError as error:
        return _invalid(error)
    if batch.collector != collector:
        return problem_response(
            422,
            "collector_mismatch",
            "Le collecteur du contenu n’est pas celui qui signe.",
            {"collector": "mismatch"},
        )
    try:
        receipt = deposits_receive(collector=collector, deposits=batch.deposits)
    except DatabaseError as failure:
        logger.error("deposits not stored", extra={"code": type(failure).__name__})
        answer = problem_response(503, "unavailable")
        answer["Retry-After"] = str(RETRY_AFTER_S)
        return answer
    if receipt.conflicts:
        logger.warning(
            "deposits came again with other content", extra={"count": len(receipt.conflicts)}
        )
    return JsonResponse(
        {
            "accepted": receipt.accepted,
            "duplicates": receipt.duplicates,
            "conflicts": list(receipt.conflicts),
        }
    )


def _body(request: HttpRequest) -> bytes | None:
    """The body, or ``None`` when it is too large (said or sent)."""
    said = request.headers.get("Content-Length", "")
    if said.isdecimal() and int(said) > BODY_MAX_BYTES:
        return None
    try:
        body = request.body
    except RequestDataTooBig:
        return None
    return body if len(body) <= BODY_MAX_BYTES else None


def _invalid(error: ValidationError) -> HttpResponse:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if any(problem["type"] == "json_invalid" for problem in problems):
        return problem_response(400, "json_invalid", "Le contenu n’est pas du JSON.")
    fields = {
        ".".join(str(part) for part in problem["loc"]) or "body": problem["type"]
        for problem in problems
    }
    return problem_response(
        422, "invalid_request", "Des champs sont invalides. Rien n’a été enregistré.", fields
    )
