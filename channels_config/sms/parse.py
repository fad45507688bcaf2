"""Twilio's form of a message that came in, and of what became of one that went out.

https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.http import QueryDict

from agent_console.conversations.delivery_states import DeliveryError
from agent_console.conversations.models import DeliveryState
from channels_config.kit.twilio.errors import reason
from channels_config.kit.webhooks import Refused

from .limits import MEDIA_TYPES

_MESSAGE_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
_MEDIA_PATH = re.compile(
    r"/2010-04-01/Accounts/AC[0-9a-fA-F]{32}/Messages/(?:SM|MM)[0-9a-fA-F]{32}/Media/ME[0-9a-fA-F]{32}"
)
_MEDIA_MAX = 10
_MESSAGE_STATES: Mapping[str, DeliveryState | None] = {
    "accepted": None,
    "scheduled": None,
    "queued": None,
    "sending": None,
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "undelivered": DeliveryState.FAILED,
    "failed": DeliveryState.FAILED,
    "canceled": DeliveryState.FAILED,
}
_CALL_STATES: Mapping[str, tuple[DeliveryState | None, str]] = {
    "queued": (None, ""),
    "initiated": (None, ""),
    "ringing": (DeliveryState.SENT, ""),
    "in-progress": (DeliveryState.SENT, ""),
    "completed": (DeliveryState.DELIVERED, ""),
    "busy": (DeliveryState.FAILED, DeliveryError.BUSY),
    "no-answer": (DeliveryState.FAILED, DeliveryError.NO_ANSWER),
    "failed": (DeliveryState.FAILED, DeliveryError.ADDRESS_INVALID),
    "canceled": (DeliveryState.FAILED, DeliveryError.EXPIRED),
}


@dataclass(frozen=True)
class SmsIn:
    """One message; ``media`` are paths below Twilio's API, of pictures only."""

    sid: str
    sender: str = field(repr=False)
    text: str = field(repr=False)
    media: tuple[str, ...] = field(repr=False, default=())
    refused_media: int = 0


@dataclass(frozen=True)
class StatusIn:
    """How far one of ours got; ``state`` is ``None`` for a step that says nothing new."""

    delivery_id: int
    state: DeliveryState | None
    error_code: str = ""


def sms_in(form: QueryDict) -> SmsIn:
    """The message in a verified form; raises ``Refused`` (400) when it is none."""
    sid, sender = form.get("MessageSid", ""), form.get("From", "")
    number = form.get("NumMedia") or "0"
    if not _MESSAGE_SID.fullmatch(sid) or not sender or "Body" not in form:
        raise Refused(400, "message_malformed")
    if not number.isdecimal() or int(number[:4]) > _MEDIA_MAX:
        raise Refused(400, "media_malformed")
    places = range(int(number))
    paths = [_media_path(form, place) for place in places]
    pictures = tuple(path for path in paths if path)
    return SmsIn(
        sid=sid,
        sender=sender,
        text=form.get("Body", ""),
        media=pictures,
        refused_media=len(paths) - len(pictures),
    )


def status_in(form: QueryDict, *, delivery: str) -> StatusIn:
    """The step in a verified form of a message or a call; raises ``Refused`` (400).

    ``delivery`` is our own number, which we put into the address that Twilio calls and signs.
    """
    if not delivery.isdecimal() or len(delivery) > 18:
        raise Refused(400, "delivery_malformed")
    if (status := form.get("CallStatus", "")) in _CALL_STATES:
        state, code = _CALL_STATES[status]
        return StatusIn(delivery_id=int(delivery), state=state, error_code=code)
    status = form.get("MessageStatus", "")
    if status not in _MESSAGE_STATES:
        raise Refused(400, "status_malformed")
    state = _MESSAGE_STATES[status]
    code = str(reason(form.get("ErrorCode"))) if state == DeliveryState.FAILED else ""
    return StatusIn(delivery_id=int(delivery), state=state, error_code=code)


def _media_path(form: QueryDict, place: int) -> str:
    """Where a picture is, without its host: nobody makes us call another one."""
    kind = form.get(f"MediaContentType{place}", "").partition(";")[0].strip().lower()
    path = urlsplit(form.get(f"MediaUrl{place}", "")).path
    return path if kind in MEDIA_TYPES and _MEDIA_PATH.fullmatch(path) else ""
