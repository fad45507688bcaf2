"""What is said when nothing was understood: other words the second time, then a way out."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import previous_turn_actions

NAME = "action_fallback"


class Fallback(Action):
    """Ask for other words; on the second miss in a row offer choices and a person."""

    def name(self) -> str:
        """As in the domain and the policies' configuration."""
        return NAME

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Utter one of four texts: first or second time, inside a report or not."""
        again = NAME in previous_turn_actions(tracker)
        where = "fallback_in_report" if tracker.active_loop.get("name") else "fallback"
        dispatcher.utter_message(response=f"utter_{where}_{'second' if again else 'first'}")
        return []
