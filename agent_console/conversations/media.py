"""Fetching the pictures that came with messages, before anybody answers them."""

import logging
import uuid

from django.db import transaction
from django.template.loader import render_to_string

from .announce import announce_conversation
from .errors import MediaRefused, MediaUnavailable
from .models import Attachment, AttachmentState, Author, Conversation, Handler
from .outgoing import append_outgoing
from .ports import Reply, channel_for, photo_store

logger = logging.getLogger(__name__)


def attachments_fetch(*, conversation_id: uuid.UUID, last_try: bool) -> None:
    """Fetch and store every picture of a conversation that waits, in order.

    No transaction is open meanwhile.  A crash after a photo was stored and before its row says so
    fetches it again: the first one belongs to nobody and is removed after a day.  Raises
    ``MediaUnavailable`` unless ``last_try``: then the picture counts as not received.
    """
    waiting = Attachment.objects.filter(
        message__conversation_id=conversation_id, state=AttachmentState.WAITING
    )
    for attachment in waiting.select_related("message").order_by("message__seq", "position"):
        try:
            content = channel_for(attachment.message.channel).fetch(attachment)
            photo_id = photo_store().store(content)
        except MediaRefused as refusal:
            _end(attachment, state=AttachmentState.REFUSED, error_code=refusal.code)
        except MediaUnavailable as failure:
            if not last_try:
                raise
            _end(attachment, state=AttachmentState.REFUSED, error_code=failure.code)
        else:
            _end(attachment, state=AttachmentState.STORED, photo_id=photo_id)


@transaction.atomic
def _end(
    attachment: Attachment,
    *,
    state: AttachmentState,
    photo_id: uuid.UUID | None = None,
    error_code: str = "",
) -> None:
    """ONE transaction: what became of it, and a word to the citizen when it can't be used."""
    conversation = Conversation.objects.select_for_update().get(
        pk=attachment.message.conversation_id
    )
    if error_code:
        logger.info("picture not received", extra={"code": error_code})
        if conversation.handler == Handler.BOT:
            text = render_to_string("conversations/picture_refused.txt", {"code": error_code})
            append_outgoing(
                conversation,
                author=Author.SYSTEM,
                replies=[Reply(text=text.strip(), buttons=[])],
                cause=f"picture:{attachment.pk}",
            )
    attachment.state, attachment.photo_id, attachment.error_code = state, photo_id, error_code
    attachment.source = ""
    attachment.save()
    announce_conversation(conversation_id=conversation.id, seq=attachment.message.seq)
