"""Being called back: offered when nobody is there, asked for with the hub's own command."""

from __future__ import annotations

from datetime import datetime

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.http import ServiceRefused, ServiceUnavailable
from actions.phrases import PARIS, Phrases
from actions.turn import turn_id

_REFUSED = {
    "phone_missing": "utter_callback_number_missing",
    "phone_invalid": "utter_callback_number_invalid",
}


class RequestCallBack(Action):
    """Have an operator call; everything said stays with the conversation."""

    def name(self) -> str:
        """As in the rules."""
        return "action_request_callback"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Once for each turn; the console keeps one request for each number."""
        told = {e["entity"]: str(e["value"]) for e in tracker.latest_message.get("entities") or []}
        try:
            made = await services().console.call_back(
                conversation=str(tracker.sender_id),
                phone=told.get("phone", ""),
                idempotency_key=f"{turn_id(tracker)}:callback",
            )
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_service_away")
            return []
        except ServiceRefused as refusal:
            if refusal.code not in _REFUSED:
                raise
            dispatcher.utter_message(response=_REFUSED[refusal.code])
            return []
        if made["is_desk_open"]:
            dispatcher.utter_message(response="utter_callback_soon")
            return []
        at = datetime.fromisoformat(str(made["call_from"])).astimezone(PARIS)
        dispatcher.utter_message(
            response="utter_callback_later",
            day=Phrases.of(domain, tracker).day(at),
            hour=str(at.hour),
        )
        return []
