"""What the dialogue's actions may know of a conversation."""

import uuid

from django.http import HttpRequest
from ninja import Router, Schema

from service_kit.openapi import problems
from service_kit.problems import refuse
from service_kit.tokens import require_scope

from .models import Conversation

router = Router(tags=["conversations"])


class ConversationWallet(Schema):
    """``wallet_id`` is null until the resident has a wallet."""

    wallet_id: uuid.UUID | None
    locale: str


@router.get(
    "/{uuid:conversation_id}/wallet",
    response={200: ConversationWallet, **problems(401, 403, 404)},
    operation_id="conversation_wallet",
)
def conversation_wallet(request: HttpRequest, conversation_id: uuid.UUID) -> ConversationWallet:
    """The wallet of the resident who writes in this conversation."""
    require_scope(request, "conversations:read")
    conversation = (
        Conversation.objects.select_related("contact_point__resident")
        .filter(pk=conversation_id)
        .first()
    )
    if conversation is None:
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    resident = conversation.contact_point.resident
    return ConversationWallet(
        wallet_id=resident.wallet_id if resident else None, locale=conversation.locale
    )
