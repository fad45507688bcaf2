"""What the assistant tells later reaches the person once."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.conversations.models import Conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation() -> Conversation:
    contact = ContactPoint.objects.create(kind=ChannelCode.WEB, key_digest=b"k" * 32)
    return Conversation.objects.create(contact_point=contact, channel=ChannelCode.WEB)


def _tell(client: Client, conversation: uuid.UUID, body: dict[str, Any]) -> int:
    token = settings.CONSOLE_API_TOKENS[0].secret
    answer = client.post(
        f"/api/v1/conversations/{conversation}/notices",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    return int(answer.status_code)


def test_the_same_cause_is_told_once(client: Client, conversation: Conversation) -> None:
    body = {"cause": "kept:1:report", "text": "Votre signalement est enregistré."}
    assert [_tell(client, conversation.id, body) for _ in range(2)] == [202, 202]
    (message,) = conversation.messages.all()
    assert message.text == body["text"]
    assert message.external_id == "assistant:kept:1:report:0"


@pytest.mark.parametrize(
    "body",
    [
        {"cause": "kept:1", "text": " "},
        {"cause": "Léa", "text": "Bonjour"},
        {"cause": "kept:1"},
        {"cause": "kept:1", "text": "Bonjour", "urgent": True},
    ],
)
def test_what_is_no_notice_is_refused(
    client: Client, conversation: Conversation, body: dict[str, Any]
) -> None:
    assert _tell(client, conversation.id, body) == 422
    assert not conversation.messages.exists()


def test_an_unknown_conversation_is_404(client: Client) -> None:
    assert _tell(client, uuid.uuid4(), {"cause": "kept:1", "text": "Bonjour"}) == 404


def test_strangers_are_refused(client: Client, conversation: Conversation) -> None:
    answer = client.post(f"/api/v1/conversations/{conversation.id}/notices", {})
    assert answer.status_code == 401
