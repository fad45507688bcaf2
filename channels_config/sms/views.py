"""``/channels/sms/twilio`` and its status: verify, parse, call one service, answer at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from agent_console.citizens.errors import AddressInvalid
from agent_console.conversations.deliveries import delivery_report
from channels_config.kit.twilio.signed import verified_form
from channels_config.kit.webhooks import Refused, refusal
from service_kit.logs import get_logger
from service_kit.problems import database_away_response

from . import config, parse
from .receive import sms_receive

logger = get_logger(__name__)
_NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def _keep(sms: parse.SmsIn) -> None:
    """``sms_receive``, once more when the thread's connection has died since the last message."""
    try:
        sms_receive(sms)
    except (OperationalError, InterfaceError):
        connections.close_all()
        sms_receive(sms)


# A few threads that keep their connections, whatever the number of requests.
_kept = sync_to_async(
    _keep, thread_sensitive=False, executor=ThreadPoolExecutor(4, thread_name_prefix="sms")
)


@csrf_exempt
@require_POST
async def incoming(request: HttpRequest) -> HttpResponse:
    """A message; answered with empty TwiML, because replies go out by the outbox."""
    try:
        sms = parse.sms_in(verified_form(request, is_on=config.is_on()))
    except Refused as refused:
        return refusal("sms", refused)
    try:
        await _kept(sms)
    except AddressInvalid:
        # A name or a short code: an advertiser, a bank, never a resident.
        logger.info("sender is no telephone", extra={"channel": "sms", "code": "phone_invalid"})
    except (OperationalError, InterfaceError) as failure:
        return database_away_response(failure)
    return HttpResponse(_NOTHING_TO_SAY, content_type="text/xml")


@csrf_exempt
@require_POST
def status(request: HttpRequest) -> HttpResponse:
    """What became of a text or a call of ours."""
    try:
        form = verified_form(request, is_on=config.is_on())
        told = parse.status_in(form, delivery=request.GET.get("delivery", ""))
    except Refused as refused:
        return refusal("sms", refused)
    if told.state is not None:
        delivery_report(
            channel="sms",
            delivery_id=told.delivery_id,
            state=told.state,
            error_code=told.error_code,
        )
    return HttpResponse(status=204)
