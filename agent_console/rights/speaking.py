"""Whoever speaks in a conversation, and how refusals are told to its caller."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from agent_console.citizens.errors import IdentityError, RecognitionNeeded
from agent_console.citizens.models import ContactPoint
from agent_console.conversations.models import Conversation
from agent_console.identity.texts import MESSAGES
from service_kit.problems import Problem, refuse


def contact_of(conversation_id: uuid.UUID) -> ContactPoint:
    """The contact of a conversation; 404 ``conversation_unknown``."""
    conversation = (
        Conversation.objects.select_related("contact_point__resident")
        .filter(pk=conversation_id)
        .first()
    )
    if conversation is None:
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    return conversation.contact_point


@contextmanager
def refusals() -> Iterator[None]:
    """What the services refuse, as problems: 409, with ``ways`` where a proof is missing."""
    try:
        yield
    except IdentityError as error:
        fields = {"ways": " ".join(error.ways)} if isinstance(error, RecognitionNeeded) else {}
        raise Problem(409, error.code, MESSAGES[error.code], fields) from error
