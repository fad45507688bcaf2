"""Every address of a call: verified, parsed, refused without content."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.twiml.voice_response import VoiceResponse

from agent_console.calls.models import Call
from agent_console.calls.selectors import call_at
from channels_config.kit.twilio.signed import verified_form
from channels_config.kit.webhooks import Refused, refusal

from . import config, parse
from .twiml import answer

View = Callable[[HttpRequest, QueryDict], VoiceResponse | None]


def webhook(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """A view of what Twilio signed, answered with TwiML, or 204 where there is nothing to do."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        try:
            response = view(request, verified_form(request, is_on=config.is_on()))
        except Refused as refused:
            return refusal("voice", refused)
        return HttpResponse(status=204) if response is None else answer(response)

    return guarded


def call_of(form: QueryDict) -> Call:
    """The call that a form is about, which must have begun here; raises ``Refused`` (400)."""
    call = call_at(provider_id=parse.call_in(form).sid)
    if call is None:
        raise Refused(400, "call_unknown")
    return call
