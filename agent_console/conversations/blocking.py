"""Senders that are not listened to any more, and are again.  Each function is one transaction."""

import uuid

from django.db import transaction
from django.utils import timezone

from .announce import announce_console
from .models import Conversation


@transaction.atomic
def conversation_block(*, conversation_id: uuid.UUID) -> Conversation:
    """From now on nothing from there is kept or answered; asking twice keeps the first moment."""
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    if conversation.blocked_at is None:
        conversation.blocked_at = timezone.now()
        conversation.save(update_fields=["blocked_at"])
        announce_console(topics=[f"conversation:{conversation.id}"])
    return conversation


@transaction.atomic
def conversation_unblock(*, conversation_id: uuid.UUID) -> Conversation:
    """Listen again; what came meanwhile was not kept."""
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    if conversation.blocked_at is not None:
        conversation.blocked_at = None
        conversation.save(update_fields=["blocked_at"])
        announce_console(topics=[f"conversation:{conversation.id}"])
    return conversation
