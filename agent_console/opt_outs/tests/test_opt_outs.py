"""Opposition to messages: written once, with who said so; kept unchangeable; undone at any time."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client

from agent_console.conversations.models import Conversation
from agent_console.opt_outs.models import OptOutChange
from service_kit.tokens import ServiceToken, ServiceTokenAuth

VIEW = "conversations.view_conversation"
CHANGE = "opt_outs.change_opt_out"


def _api(client: Client, method: str, conversation_id: uuid.UUID, *, token: str = "") -> Any:
    secret = token or settings.CONSOLE_API_TOKENS[0].secret
    return client.generic(
        method,
        f"/api/v1/conversations/{conversation_id}/opt-out",
        headers={"Authorization": f"Bearer {secret}"},
    )


def test_the_api_stops_and_resumes_and_a_repetition_changes_nothing(
    client: Client, conversation: Conversation
) -> None:
    first = _api(client, "PUT", conversation.id).json()
    again = _api(client, "PUT", conversation.id).json()
    assert first == again
    conversation.contact_point.refresh_from_db()
    assert conversation.contact_point.opted_out_at is not None
    for _ in range(2):
        answer = _api(client, "DELETE", conversation.id)
        assert answer.json() == {"opted_out_at": None}
    history = [
        (one.wants_news, one.source, one.actor) for one in OptOutChange.objects.order_by("id")
    ]
    assert history == [(False, "service", None), (True, "service", None)]


def test_the_api_refuses_strangers_and_what_does_not_exist(
    client: Client, conversation: Conversation, settings: object
) -> None:
    unknown = _api(client, "PUT", uuid.uuid4())
    assert unknown.status_code == 404
    assert unknown.json()["code"] == "conversation_unknown"
    assert _api(client, "PUT", conversation.id, token="x" * 40).status_code == 401
    assert not OptOutChange.objects.exists()


def test_the_api_needs_the_scope(
    client: Client, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = ServiceToken(name="stranger", secret="s" * 32, scopes=frozenset({"reports:read"}))
    monkeypatch.setattr(ServiceTokenAuth, "authenticate", lambda *given: stranger)
    assert _api(client, "PUT", conversation.id).status_code == 403
    assert not OptOutChange.objects.exists()


def test_an_agent_notes_it_sees_it_and_takes_it_back(
    client: Client, make_user: Callable[..., User], conversation: Conversation
) -> None:
    client.force_login(make_user("nadia", VIEW, CHANGE))
    page = f"/console/conversations/{conversation.id}/"
    assert "Ne plus lui envoyer de messages" in client.get(page).text
    for _ in range(2):  # a double click
        done = client.post(f"{page}news/", follow=True).text
    for expected in (
        "ne reçoit plus de messages",
        "Cette personne n’en veut plus depuis le",
        "messages arrêtés par un agent (nadia)",
        "Lui envoyer de nouveau nos messages",
    ):
        assert expected in done
    undone = client.post(f"{page}news/", {"wants_news": "1"}, follow=True).text
    assert "messages repris par un agent (nadia)" in undone
    assert 'data-testid="opted-out"' not in undone
    assert OptOutChange.objects.count() == 2


def test_who_may_only_read_sees_the_state_and_no_button(
    client: Client, make_user: Callable[..., User], conversation: Conversation
) -> None:
    client.force_login(make_user("lecteur", VIEW))
    page = f"/console/conversations/{conversation.id}/"
    assert "Nos messages" in client.get(page).text
    assert "Ne plus lui envoyer" not in client.get(page).text
    assert client.post(f"{page}news/").status_code == 403


def test_the_history_cannot_be_rewritten(client: Client, conversation: Conversation) -> None:
    _api(client, "PUT", conversation.id)
    for statement in (
        "UPDATE opt_outs_optoutchange SET wants_news = true",
        "DELETE FROM opt_outs_optoutchange",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
