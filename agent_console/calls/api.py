"""Call-backs for the dialogue's actions: when nobody is there, somebody calls later."""

import uuid
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status
from pydantic import ConfigDict, StringConstraints

from agent_console.conversations.models import Conversation
from agent_console.french_days import on_the_wall
from service_kit.openapi import problems
from service_kit.problems import Problem, refuse
from service_kit.tokens import require_scope

from . import callbacks
from .errors import CallError, RequestConflict, StepRefused
from .models import CallBack, CallBackReason
from .selectors import desk_is_open

router = Router(tags=["callbacks"])
SCOPE = "callbacks:write"
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


class CallBackIn(Schema):
    """``phone`` as it was said or written; empty: the number of the conversation itself.

    ``reason``: ``asked``, ``closed``, ``long_wait``, ``nobody``, ``not_understood``, ``half_made``.
    """

    model_config = ConfigDict(extra="forbid")

    conversation: uuid.UUID
    phone: Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00]*$")] = ""
    reason: CallBackReason = CallBackReason.ASKED


class CallBackOut(Schema):
    """``call_from``: nobody calls before; ``is_desk_open``: somebody answers right now."""

    id: uuid.UUID
    state: str
    state_label: str
    call_from: datetime
    is_desk_open: bool


@router.post(
    "",
    response={201: CallBackOut, **problems(400, 401, 403, 404, 409, 422)},
    operation_id="call_back_request",
)
def request_(request: HttpRequest, payload: CallBackIn, key: Key) -> Status[CallBackOut]:
    """Have an operator call; the same Idempotency-Key and body return the first request.

    A number that waits already keeps its place.  422 ``phone_missing`` where the conversation has
    no number of its own (web, Telegram, a withheld number) and none is given, ``phone_invalid``.
    """
    token = require_scope(request, SCOPE)
    conversation = (
        Conversation.objects.select_related("contact_point").filter(pk=payload.conversation).first()
    )
    if conversation is None:
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    try:
        made = callbacks.call_back_request(
            request_key=f"{token.name}:{key}",
            wish=callbacks.CallBackWish(
                channel=conversation.channel,
                reason=payload.reason,
                conversation=conversation,
                phone=payload.phone,
            ),
        )
    except RequestConflict as error:
        raise Problem(409, error.code, error.message) from error
    except CallError as error:
        raise Problem(422, error.code, error.message) from error
    return Status(201, _out(made))


@router.post(
    "/{uuid:call_back_id}/cancel",
    response={200: CallBackOut, **problems(401, 403, 404, 409)},
    operation_id="call_back_cancel",
)
def cancel(request: HttpRequest, call_back_id: uuid.UUID) -> CallBackOut:
    """The person does not need it any more; 409 when they were called already."""
    require_scope(request, SCOPE)
    try:
        return _out(callbacks.call_back_cancel(call_back_id=call_back_id))
    except CallBack.DoesNotExist:
        refuse(404, "call_back_unknown", "Cette demande de rappel n’existe pas.")
    except StepRefused as error:
        raise Problem(409, error.code, "Cette demande de rappel est déjà terminée.") from error


def _out(row: CallBack) -> CallBackOut:
    return CallBackOut(
        id=row.pk,
        state=row.state,
        state_label=row.get_state_display(),
        call_from=on_the_wall(row.call_from),
        is_desk_open=desk_is_open(),
    )
