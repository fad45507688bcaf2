"""Questions that the knowledge base answers, in its words and with its source.

Operators quote the same articles (docs/knowledge.md). With the console away, or no article, a fixed
text of the domain is said: it claims nothing that could have changed.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.http import ServiceUnavailable
from actions.turn import intent_of

TEXT_CHARS_MAX = 2000


async def say_what_is_known(
    dispatcher: CollectingDispatcher, tracker: Tracker, *, intent: str = "", text: str = ""
) -> bool:
    """Say the article that answers, with its source; whether there was one.

    A question is not worth retrying for hours: a console that is away has no article. Raises
    ``ServiceRefused`` when our own access is refused.
    """
    try:
        article = await services().console.knowledge(
            intent=intent,
            text=text[:TEXT_CHARS_MAX],
            locale=str(tracker.get_slot("locale") or "fr"),
        )
    except ServiceUnavailable:
        return False
    if article is None:
        return False
    values: dict[str, Any] = {"answer": article["answer"], "source": article["source_label"]}
    if article["source_url"]:
        dispatcher.utter_message(
            response="utter_knowledge_linked", address=article["source_url"], **values
        )
    else:
        dispatcher.utter_message(response="utter_knowledge", **values)
    return True


class HowToEarn(Action):
    """How points come."""

    def name(self) -> str:
        """As in the rules."""
        return "action_how_to_earn"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The article of this intent, else what is always true."""
        intent = intent_of(tracker.latest_message) or "ask_how_to_earn"
        if not await say_what_is_known(dispatcher, tracker, intent=intent):
            dispatcher.utter_message(response="utter_how_to_earn")
        return []


class OutOfScope(Action):
    """What none of the assistant's tasks is: perhaps an article knows."""

    def name(self) -> str:
        """As in the rules."""
        return "action_out_of_scope"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The article that was asked for word by word, else what the assistant is there for."""
        text = str(tracker.latest_message.get("text") or "")
        if not await say_what_is_known(dispatcher, tracker, text=text):
            dispatcher.utter_message(response="utter_out_of_scope")
        return []
