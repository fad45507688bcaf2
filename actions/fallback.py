"""What is said when nothing was understood: other words the second time, then a way out."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.knowledge import say_what_is_known
from actions.opening import say_how_to_reach_a_person
from actions.phrases import Phrases
from actions.safety import say_emergency, sounds_like_danger
from actions.turn import misses_before

NAME = "action_fallback"


class Fallback(Action):
    """Ask for other words; on the second miss in a row offer choices, then a person."""

    def name(self) -> str:
        """As in the domain and the policies' configuration."""
        return NAME

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Utter what fits the number of misses, inside a form or not; numbers to call where the
        words are those of a danger, and an article where it answers every word."""
        text = str(tracker.latest_message.get("text") or "")
        if sounds_like_danger(text):
            say_emergency(dispatcher, text)
            return []
        if not tracker.active_loop.get("name") and await say_what_is_known(
            dispatcher, tracker, text=text
        ):
            return []
        say_not_understood(dispatcher, tracker)
        if misses_before(tracker) >= 2:
            await say_how_to_reach_a_person(dispatcher, Phrases.of(domain, tracker))
        return []


def say_not_understood(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """One of four texts: first or later time, inside a form or not."""
    where = "fallback_in_flow" if tracker.active_loop.get("name") else "fallback"
    again = misses_before(tracker) > 0
    dispatcher.utter_message(response=f"utter_{where}_{'second' if again else 'first'}")
