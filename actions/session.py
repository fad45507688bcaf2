"""The first turn of a conversation says that nobody human is answering."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, BotUttered, EventType, SessionStarted
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.phrases import phrase


class StartSession(Action):
    """Introduce the assistant, once a conversation."""

    def name(self) -> str:
        """Rasa runs this before the first message of a conversation."""
        return "action_session_start"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The introduction as an event, after the session's start. Said through the dispatcher it
        would come before it, and Rasa's SQL store reads a conversation from that start on: the
        answer to a first turn that is sent again would lack it."""
        return [
            SessionStarted(),
            BotUttered(text=phrase(domain, "utter_introduction")),
            ActionExecuted("action_listen"),
        ]
