"""The assistant's next reply is proposed to who answers, and never sent by itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Route, expect

from agent_console.conversations.desk.models import Draft, ReplyTemplate
from agent_console.conversations.desk.taking import conversation_take
from agent_console.conversations.engines import reading
from agent_console.conversations.models import Author, Conversation, Message
from agent_console.conversations.services import receive_message
from agent_console.intake import access
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
AGENT = (access.VIEW_CONVERSATIONS, access.ANSWER_CONVERSATIONS)


class Assistant:
    """Answers ``/hub/parse`` over HTTP's own layer; ``answer``: a confidence, or a fault."""

    def __init__(self) -> None:
        self.answer: float | int | Exception = 0.9
        self.asked: list[str] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/hub/parse"
        self.asked.append(json.loads(request.content)["text"])
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer > 1:
            return httpx.Response(int(self.answer))
        body = {"intent": {"name": "check_balance", "confidence": self.answer}}
        return httpx.Response(200, json=body)


@pytest.fixture
def assistant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    made = Assistant()
    client = httpx.Client(
        base_url="http://rasa.invalid", transport=httpx.MockTransport(made.handle)
    )
    monkeypatch.setattr(reading, "client", lambda: client)
    yield made
    client.close()


@pytest.fixture
def camille(make_user: Callable[..., User], conversation: Conversation) -> Client:
    """An agent who answers there."""
    user, client = make_user("camille", *AGENT), Client()
    client.force_login(user)
    conversation_take(conversation_id=conversation.pk, actor=user)
    receive_message(
        contact_point=conversation.contact_point, external_id="x:1", text="J’ai combien de points ?"
    )
    return client


@pytest.fixture
def balance(db: None) -> ReplyTemplate:
    return ReplyTemplate.objects.create(
        name="Solde", text="Votre solde est dans Mon espace. {conseiller}", intent="check_balance"
    )


def at(conversation: Conversation, step: str = "suggestion/") -> str:
    return f"/console/conversations/{conversation.pk}/{step}"


def test_what_fits_is_proposed_and_taken_up_only_by_hand(
    camille: Client, conversation: Conversation, balance: ReplyTemplate, assistant: Assistant
) -> None:
    User.objects.filter(username="camille").update(first_name="Camille")
    part = camille.get(f"{at(conversation)}?seq=0", headers=HTMX).text
    assert "Réponse proposée&nbsp;: Solde" in part
    assert "Votre solde est dans Mon espace. Camille" in part
    assert assistant.asked == ["J’ai combien de points ?"]
    assert not Draft.objects.exists()
    assert not Message.objects.filter(author=Author.AGENT).exists()
    seq = Message.objects.get(text__startswith="J’ai combien").seq
    assert camille.get(f"{at(conversation)}?seq={seq}", headers=HTMX).status_code == 204
    data = {"key": uuid.uuid4(), "text": "Bonjour,", "template": "", "suggested": balance.pk}
    taken = camille.post(at(conversation, "template/"), data, headers=HTMX).text
    assert "Bonjour,\n\nVotre solde est dans Mon espace. Camille</textarea>" in taken
    assert not Message.objects.filter(author=Author.AGENT).exists()
    conversation.refresh_from_db()
    reply = {"key": data["key"], "seen": conversation.last_seq, "text": "Voilà."}
    camille.post(at(conversation, "reply/"), reply, headers=HTMX)
    assert "Solde" not in camille.get(f"{at(conversation)}?seq={seq}", headers=HTMX).text


@pytest.mark.parametrize("answer", [0.59, 503, httpx.ConnectTimeout("away")])
def test_nothing_is_proposed_when_the_assistant_is_unsure_or_away(
    camille: Client,
    conversation: Conversation,
    balance: ReplyTemplate,
    assistant: Assistant,
    answer: float | Exception,
) -> None:
    assistant.answer = answer
    part = camille.get(at(conversation), headers=HTMX)
    assert part.status_code == 200
    assert "proposée" not in part.text
    assert len(assistant.asked) == 1


def test_nothing_is_proposed_in_another_language_or_that_is_no_longer_offered(
    camille: Client, conversation: Conversation, balance: ReplyTemplate, assistant: Assistant
) -> None:
    for wrong in ({"locale": "en"}, {"locale": "fr", "is_active": False}, {"intent": ""}):
        ReplyTemplate.objects.update(**wrong)
        assert "proposée" not in camille.get(at(conversation), headers=HTMX).text
    assert assistant.asked == []


def test_only_the_holder_is_proposed_anything(
    camille: Client,
    conversation: Conversation,
    balance: ReplyTemplate,
    assistant: Assistant,
    make_user: Callable[..., User],
) -> None:
    colleague, reader = Client(), Client()
    colleague.force_login(make_user("nadia", *AGENT))
    reader.force_login(make_user("lecteur", access.VIEW_CONVERSATIONS))
    assert "proposée" not in colleague.get(at(conversation), headers=HTMX).text
    assert reader.get(at(conversation)).status_code == 403
    assert assistant.asked == []


def test_in_the_browser_it_appears_and_goes_into_the_reply(
    camille: Client, conversation: Conversation, balance: ReplyTemplate, assistant: Assistant
) -> None:
    shown = {}
    for path in (at(conversation, ""), at(conversation)):
        found = camille.get(path)
        shown[path] = RenderedPage(found.text, found.headers["Content-Security-Policy"])
    data = {"key": uuid.uuid4(), "text": "Bonjour,", "suggested": balance.pk}
    taken = camille.post(at(conversation, "template/"), data, headers=HTMX).text
    said: list[str] = []

    def answer(route: Route) -> None:
        said.append(route.request.post_data or "")
        route.fulfill(body=taken, content_type="text/html")

    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 900})
        serve(context, shown)
        context.route(lambda url: url.endswith("/template/"), answer)
        page = context.new_page()
        page.goto(f"{ORIGIN}{at(conversation, '')}")
        expect(page.get_by_test_id("suggestion")).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        page.get_by_label("Votre réponse").fill("Bonjour,")
        page.get_by_role("button", name="Reprendre dans ma réponse").press("Enter")
        expect(page.get_by_label("Votre réponse")).to_have_value(
            "Bonjour,\n\nVotre solde est dans Mon espace. {conseiller}"
        )
    (body,) = said
    assert f"suggested={balance.pk}" in body
    assert "text=Bonjour%2C" in body
