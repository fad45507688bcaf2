"""What the knowledge base answers, and what is said when it does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import respx
from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from actions.fallback import Fallback
from actions.http import ServiceRefused
from actions.knowledge import HowToEarn, OutOfScope
from actions.tests.conftest import CONSOLE, message, tracker

ARTICLE = {
    "code": "medicaments",
    "title": "Médicaments",
    "answer": "Rapportez-les à une pharmacie.",
    "source_label": "Consignes de tri",
    "source_url": "https://metropole.example/ou-jeter/",
}
ASKED = "que faire de médicaments périmés ?"
EARN = (HowToEarn, "ask_how_to_earn", "utter_how_to_earn")
OUTSIDE = (OutOfScope, "out_of_scope", "utter_out_of_scope")
MISSED = (Fallback, "nlu_fallback", "utter_fallback_first")


def answers(**given: Any) -> respx.Route:
    return respx.post(f"{CONSOLE}/api/v1/knowledge/answers").respond(**given)


@respx.mock
@pytest.mark.parametrize(("action", "intent", "fixed"), [EARN, OUTSIDE, MISSED])
async def test_an_article_is_said_with_its_source(
    dispatcher: CollectingDispatcher, domain: Any, action: type[Action], intent: str, fixed: str
) -> None:
    route = answers(json={"article": ARTICLE})
    heard = tracker(message(ASKED, intent), {"locale": "en"})
    assert await action().run(dispatcher, heard, domain) == []
    (uttered,) = dispatcher.messages
    assert uttered["response"] == "utter_knowledge_linked"
    assert (uttered["answer"], uttered["source"], uttered["address"]) == (
        ARTICLE["answer"],
        ARTICLE["source_label"],
        ARTICLE["source_url"],
    )
    asked = {"intent": intent, "text": ""} if action is HowToEarn else {"intent": "", "text": ASKED}
    assert json.loads(route.calls.last.request.content) == {**asked, "locale": "en"}


@respx.mock
async def test_a_source_without_an_address(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    answers(json={"article": {**ARTICLE, "source_url": ""}})
    await OutOfScope().run(dispatcher, tracker(message(ASKED, "out_of_scope")), domain)
    assert said() == ["utter_knowledge"]


@respx.mock
@pytest.mark.parametrize(("action", "intent", "fixed"), [EARN, OUTSIDE, MISSED])
@pytest.mark.parametrize("given", [{"json": {"article": None}}, {"status_code": 503}])
async def test_a_fixed_text_without_an_article_or_a_console(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Callable[[], list[str]],
    given: dict[str, Any],
    action: type[Action],
    intent: str,
    fixed: str,
) -> None:
    answers(**given)
    await action().run(dispatcher, tracker(message(ASKED, intent)), domain)
    assert said() == [fixed]
    assert fixed in domain["responses"]


@respx.mock
async def test_a_refused_token_is_no_quiet_answer(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    answers(status_code=403, json={"code": "forbidden"})
    with pytest.raises(ServiceRefused):
        await OutOfScope().run(dispatcher, tracker(message(ASKED, "out_of_scope")), domain)


@respx.mock
@pytest.mark.parametrize(
    ("text", "form"), [(ASKED, "report_form"), ("au secours il ne respire plus", None)]
)
async def test_an_answer_to_a_question_and_a_danger_are_not_looked_up(
    dispatcher: CollectingDispatcher, domain: Any, text: str, form: str | None
) -> None:
    route = answers(json={"article": ARTICLE})
    await Fallback().run(dispatcher, tracker(message(text, "nlu_fallback"), form=form), domain)
    assert not route.called
    assert "utter_knowledge_linked" not in [one["response"] for one in dispatcher.messages]
