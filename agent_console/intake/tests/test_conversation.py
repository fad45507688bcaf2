"""A conversation's page."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from agent_console.conversations.models import Conversation, Turn
from agent_console.conversations.ports import Reply, TurnResult
from agent_console.conversations.services import turn_complete
from agent_console.intake.views import conversations as screen
from agent_console.reports.models import Report


def answer(conversation: Conversation, *texts: str) -> None:
    turn = Turn.objects.get(conversation=conversation)
    replies = [Reply(text=text, buttons=[]) for text in texts]
    turn_complete(
        turn_id=turn.id, result=TurnResult(replies=replies, intent="greet", confidence=1.0)
    )


def test_messages_are_in_order_with_the_state_of_those_that_leave(
    console: Client, conversation: Conversation
) -> None:
    answer(conversation, "Que se passe-t-il ?", "Et où ?")
    page = console.get(f"/console/conversations/{conversation.id}/").text
    assert page.index("Bonjour") < page.index("Que se passe-t-il ?") < page.index("Et où ?")
    assert page.count('data-testid="timeline-message"') == 3
    assert page.count("en attente") == 2


def test_markup_in_a_message_is_escaped(console: Client, conversation: Conversation) -> None:
    answer(conversation, "<img src=x onerror=alert(1)>")
    part = console.get(f"/console/conversations/{conversation.id}/timeline/").text
    assert "<img" not in part
    assert "&lt;img" in part


def test_only_the_last_messages_are_shown_and_the_page_says_so(
    console: Client, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(conversation, "Un", "Deux")
    monkeypatch.setattr(screen, "MESSAGES_SHOWN", 2)
    page = console.get(f"/console/conversations/{conversation.id}/").text
    assert "1 message plus ancien n’est pas affiché" in page
    assert "Bonjour" not in page


def test_the_persons_reports_stand_beside(
    console: Client, conversation: Conversation, report: Report
) -> None:
    page = console.get(f"/console/conversations/{conversation.id}/").text
    assert report.reference_display in page
    assert f"/console/residents/{report.resident_id}/wallet/" in page


def test_without_report_there_is_no_wallet_yet(console: Client, conversation: Conversation) -> None:
    page = console.get(f"/console/conversations/{conversation.id}/").text
    assert "Aucun signalement dans cette conversation" in page
    assert "Pas encore de portefeuille" in page


def test_an_unknown_conversation_is_not_found(console: Client) -> None:
    assert console.get(f"/console/conversations/{uuid4()}/").status_code == 404
