"""A conversation's page."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.conversations.deliveries import delivery_record
from agent_console.conversations.models import Alert, Conversation, Delivery, DeliveryState, Turn
from agent_console.conversations.ports import Location, Reply, TurnResult
from agent_console.conversations.receiving import Incoming, receive
from agent_console.conversations.services import turn_complete
from agent_console.intake import access
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


def test_a_failed_message_says_why(console: Client, conversation: Conversation) -> None:
    answer(conversation, "Que se passe-t-il ?")
    delivery = Delivery.objects.get()
    delivery_record(delivery_id=delivery.pk, state=DeliveryState.FAILED, error_code="unreachable")
    page = console.get(f"/console/conversations/{conversation.id}/").text
    assert "échec&nbsp;: téléphone éteint ou hors de portée" in page


def test_what_came_with_a_message_is_shown(
    client: Client, conversation: Conversation, make_user: Callable[..., User]
) -> None:
    client.force_login(make_user("o", "conversations.view_conversation", "photos.view_photo"))
    photo_id = uuid4()
    message = receive(
        contact_point=conversation.contact_point,
        incoming=Incoming(
            external_id="x:1",
            text="1",
            choice="oui",
            attachments=["a", "b"],
            location=Location(latitude=43.2905, longitude=5.3789),
        ),
    )
    assert message is not None
    message.attachments.filter(position=0).update(state="stored", photo_id=photo_id)
    page = client.get(f"/console/conversations/{conversation.id}/timeline/").text
    assert f"/photos/{photo_id}/full" in page
    assert "en cours de réception" in page
    assert "Position partagée" in page
    assert "Choix compris&nbsp;: oui" in page


def test_a_sender_is_blocked_and_listened_to_again(
    client: Client, conversation: Conversation, make_user: Callable[..., User]
) -> None:
    Conversation.objects.update(channel="sms")
    address = f"/console/conversations/{conversation.id}/"
    client.force_login(make_user("operateur", "conversations.view_conversation"))
    assert "block-sender" not in client.get(address).text
    assert client.post(f"{address}block/").status_code == 403
    client.force_login(
        make_user("chef", "conversations.view_conversation", "conversations.block_conversation")
    )
    assert "block-sender" in client.get(address).text
    assert "est bloqué" in client.post(f"{address}block/", follow=True).text
    assert Conversation.objects.get().blocked_at is not None
    assert "est débloqué" in client.post(f"{address}unblock/", follow=True).text
    assert Conversation.objects.get().blocked_at is None


def test_a_person_in_danger_stays_in_every_page_until_somebody_takes_it_up(
    console: Client, conversation: Conversation, make_user: Callable[..., User]
) -> None:
    assert 'data-testid="alerts"' not in console.get("/console/").text
    told = TurnResult(replies=[Reply("112", [])], intent="emergency", confidence=0.9, danger=True)
    turn_complete(turn_id=Turn.objects.get(conversation=conversation).id, result=told)
    alert = Alert.objects.get()
    page = console.get("/console/").text
    assert "Une personne est peut-être en danger" in page
    assert "J’ai pris en charge" not in page
    take_up = f"/console/alerts/{alert.pk}/acknowledge/"
    assert console.post(take_up).status_code == 403

    first, late = Client(), Client()
    agents = (access.VIEW_CONVERSATIONS, access.ACKNOWLEDGE_ALERTS)
    first.force_login(make_user("premiere", *agents))
    late.force_login(make_user("second", *agents))
    assert "J’ai pris en charge" in first.get("/console/parts/alerts/").text
    done = first.post(take_up, follow=True)
    assert done.redirect_chain[-1][0] == f"/console/conversations/{conversation.id}/"
    assert "Vous avez pris en charge cette alerte." in done.text
    assert "premiere l’a déjà pris en charge." in late.post(take_up, follow=True).text
    assert late.post("/console/alerts/0/acknowledge/").status_code == 404
    assert 'data-testid="alerts"' not in console.get("/console/parts/alerts/").text
