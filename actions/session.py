"""A session's first words: who answers, and what was half made when it last fell silent."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import (
    ActionExecuted,
    BotUttered,
    EventType,
    FollowupAction,
    SessionStarted,
    SlotSet,
)
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.phrases import Phrases
from actions.pickups import PICKUP_SLOTS
from actions.reports import REPORT_SLOTS

# What outlives a silence: Rasa's new session forgets every slot that is not set again.
_CARRIED = ("locale", "last_report_reference", "kept_reports", "draft")
_DRAFTS = (
    ("report_form", "report", REPORT_SLOTS, ("report_category", "report_location")),
    ("pickup_form", "pickup", PICKUP_SLOTS, ("pickup_items", "pickup_address")),
)


class StartSession(Action):
    """Introduce the assistant; after days of silence, greet anew and offer the draft."""

    def name(self) -> str:
        """Rasa runs this before the first message of a session."""
        return "action_session_start"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The introduction as an event, after the session's start. Said through the dispatcher it
        would come before it, and Rasa's SQL store reads a conversation from that start on: the
        answer to a first turn that is sent again would lack it."""
        metadata = tracker.get_slot("session_started_metadata") or {}
        locale = str(tracker.get_slot("locale") or metadata.get("locale") or "fr")
        channel = str(metadata.get("channel") or "web")
        phrases = Phrases(domain, locale)
        carried = {name: tracker.get_slot(name) for name in _CARRIED}
        carried["locale"] = locale
        carried["draft"] = _draft(tracker) or carried["draft"]
        events: list[EventType] = [SessionStarted()]
        events += [SlotSet(name, value) for name, value in carried.items() if value is not None]
        is_back = tracker.get_slot("locale") is not None
        name = "utter_welcome_back" if is_back else "utter_introduction"
        said = phrases.text(name, channel=channel)
        events.append(BotUttered(text=said, metadata={"utter_action": name}))
        if carried["draft"]:
            events.append(_offer(phrases, carried["draft"]))
        return [*events, ActionExecuted("action_listen")]


def _draft(tracker: Tracker) -> dict[str, Any] | None:
    """What was half made: the form's name and its filled slots."""
    for form, _, names, telling in _DRAFTS:
        if any(tracker.get_slot(name) for name in telling):
            slots = {name: tracker.get_slot(name) for name in names}
            filled = {name: value for name, value in slots.items() if value is not None}
            return {"form": form, "slots": filled}
    return None


def _offer(phrases: Phrases, draft: dict[str, Any]) -> EventType:
    words = next(word for form, word, _, _ in _DRAFTS if form == draft["form"])
    text = phrases.text("utter_offer_resume", draft=phrases.text(f"utter_draft_{words}"))
    return BotUttered(text=text, data={"buttons": phrases.buttons("utter_offer_resume")})


class Affirm(Action):
    """A yes outside every question: to the offered draft, or to nothing."""

    def name(self) -> str:
        """As in the rules."""
        return "action_affirm"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The draft's form with its slots, else an open ear."""
        draft = tracker.get_slot("draft")
        if tracker.active_loop.get("name"):
            dispatcher.utter_message(response="utter_fallback_in_flow_first")
            return []
        if not draft:
            dispatcher.utter_message(response="utter_listening")
            return []
        dispatcher.utter_message(response="utter_resuming")
        slots = [SlotSet(name, value) for name, value in draft["slots"].items()]
        return [*slots, SlotSet("draft", None), FollowupAction(draft["form"])]


class Deny(Action):
    """A no outside every question."""

    def name(self) -> str:
        """As in the rules."""
        return "action_deny"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The draft is forgotten, else an open ear."""
        if tracker.active_loop.get("name"):
            dispatcher.utter_message(response="utter_fallback_in_flow_first")
            return []
        name = "utter_draft_forgotten" if tracker.get_slot("draft") else "utter_listening"
        dispatcher.utter_message(response=name)
        return [SlotSet("draft", None)]
