"""What the dialogue's actions may know of a conversation."""

import uuid
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, StringConstraints

from agent_console.citizens.recognition import Level, level_at
from service_kit.openapi import problems
from service_kit.problems import refuse
from service_kit.tokens import require_scope

from .models import Conversation
from .services import notice_send

router = Router(tags=["conversations"])


class ConversationWallet(Schema):
    """``wallet_id`` is null until the resident has a wallet."""

    wallet_id: uuid.UUID | None
    locale: str


@router.get(
    "/{uuid:conversation_id}/wallet",
    response={200: ConversationWallet, **problems(401, 403, 404, 422)},
    operation_id="conversation_wallet",
)
def conversation_wallet(
    request: HttpRequest,
    conversation_id: uuid.UUID,
    level: Literal["points", "spending"] = "points",
) -> ConversationWallet:
    """The wallet of the resident who writes in this conversation.

    403 ``recognition_needed`` where a number alone would open it, or where the latest proof is too
    old for what the wallet is wanted for (``level``): see ``/identity``.
    """
    require_scope(request, "conversations:read")
    conversation = (
        Conversation.objects.select_related("contact_point__resident")
        .filter(pk=conversation_id)
        .first()
    )
    if conversation is None:
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    contact_point = conversation.contact_point
    resident = contact_point.resident
    needed = Level.SPENDING if level == "spending" else Level.POINTS
    if resident is not None and level_at(contact_point=contact_point) < needed:
        refuse(
            403,
            "recognition_needed",
            "Un code à usage unique est nécessaire pour ces points.",
        )
    return ConversationWallet(
        wallet_id=resident.wallet_id if resident else None, locale=conversation.locale
    )


class NoticeIn(Schema):
    """``cause`` names why, in codes: the same cause is told once in a conversation."""

    model_config = ConfigDict(extra="forbid")

    cause: Annotated[str, StringConstraints(pattern=r"^[a-z0-9:-]{1,100}$")]
    text: Annotated[
        str,
        # PostgreSQL stores no NUL.
        StringConstraints(
            min_length=1, max_length=1000, strip_whitespace=True, pattern=r"^[^\x00]*$"
        ),
    ]


class NoticeOut(Schema):
    cause: str


@router.post(
    "/{uuid:conversation_id}/notices",
    response={202: NoticeOut, **problems(400, 401, 403, 404, 422)},
    operation_id="conversation_notice",
)
def conversation_notice(
    request: HttpRequest, conversation_id: uuid.UUID, payload: NoticeIn
) -> Status[NoticeOut]:
    """What the assistant tells a citizen later, once for each cause: quiet hours and the wish for
    no messages hold, as for every notice."""
    require_scope(request, "conversations:write")
    if not Conversation.objects.filter(pk=conversation_id).exists():
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    notice_send(
        conversation_id=conversation_id,
        cause=f"assistant:{payload.cause}",
        text=payload.text,
    )
    return Status(202, NoticeOut(cause=payload.cause))
