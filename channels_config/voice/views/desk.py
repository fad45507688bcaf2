"""Operators call back: their own telephone first, then the resident's."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict
from twilio.twiml.voice_response import VoiceResponse

from agent_console.calls.callbacks import call_back_answered
from agent_console.calls.models import CallBack
from agent_console.calls.workflow import CallBackState
from agent_console.citizens.services import contact_address
from channels_config.kit.webhooks import Refused

from .. import parse
from ..guard import webhook
from ..operators import farewell
from ..twiml import address, ask, dial, text


@webhook
def desk(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """The operator's telephone was picked up: is it them?  On a page they pressed already."""
    row = _call_back(request)
    if parse.is_page(form):
        return _to_resident(row)
    response = VoiceResponse()
    action = address("desk-key", call_back=row.pk, attempt=row.attempts)
    ask(response, text("desk"), action=action, keys=1, hints=("oui",))
    return response


@webhook
def desk_key(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """The operator is there: now the resident's telephone rings."""
    row = _call_back(request)
    if parse.is_yes(form):
        return _to_resident(row)
    response = VoiceResponse()
    response.hangup()
    return response


@webhook
def called(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """How calling the resident went; the operator writes down what it means."""
    row, how = _call_back(request), parse.said_of(form, "DialCallStatus")
    call_back_answered(call_back_id=row.pk, attempt=row.attempts, how=how)
    return farewell(text("called" if how in ("completed", "answered") else "not_reached"))


@webhook
def desk_status(request: HttpRequest, form: QueryDict) -> None:
    """The operator's own telephone was not answered."""
    row, how = _call_back(request), parse.said_of(form, "CallStatus")
    if how != "completed":
        call_back_answered(call_back_id=row.pk, attempt=row.attempts, how=f"desk-{how}")


def _to_resident(row: CallBack) -> VoiceResponse:
    phone = contact_address(row.contact_point)
    response = VoiceResponse()
    if phone is None or row.state != CallBackState.CLAIMED:
        response.hangup()
        return response
    action = address("called", call_back=row.pk, attempt=row.attempts)
    dial(response, phone, action=action)
    return response


def _call_back(request: HttpRequest) -> CallBack:
    """The call-back of this attempt; raises ``Refused`` for an older one's."""
    found = CallBack.objects.select_related("contact_point").filter(
        pk=parse.id_asked(request, "call_back"), attempts=parse.number_asked(request, "attempt")
    )
    row = found.first()
    if row is None:
        raise Refused(400, "call_back_unknown")
    return row
