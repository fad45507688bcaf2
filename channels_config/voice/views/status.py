"""What became of a call (https://www.twilio.com/docs/voice/api/call-resource#statuscallback) and of
its recording (https://www.twilio.com/docs/voice/twiml/conference#attributes-recording-status-callback)."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

from agent_console.calls.ending import call_end
from agent_console.calls.recordings import recording_keep
from channels_config.sms import config as sms

from .. import parse
from ..guard import webhook


@webhook
def status(request: HttpRequest, form: QueryDict) -> None:
    """The end of a call; steps on the way to it are known already."""
    call = parse.call_in(form)
    if call.status in parse.ENDED:
        may_text = sms.is_on()
        may_answer = may_text and sms.sender().is_two_way
        call_end(provider_id=call.sid, how=call.status, may_text=may_text, may_answer=may_answer)


@webhook
def recorded(request: HttpRequest, form: QueryDict) -> None:
    """A room was recorded; also one whose call was erased before it ended.  The form names the room
    alone, so our own address says which call."""
    recording_keep(provider_id=parse.recording_in(form), call_id=parse.id_asked(request, "call"))
