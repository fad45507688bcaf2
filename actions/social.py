"""What people say around their requests: help, goodbye, again please, never mind, in English."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.http import ServiceRefused, ServiceUnavailable
from actions.linking import LINK_SLOTS
from actions.lookup import LOOKUP_SLOTS
from actions.my_data import DATA_SLOTS
from actions.phrases import plain
from actions.pickups import BOOKING_SLOTS, PICKUP_SLOTS
from actions.proof import PROOF_SLOTS
from actions.reports import REPORT_SLOTS
from actions.rewards import REDEEM_SLOTS
from actions.turn import turn_id

_ENGLISH = re.compile(r"\b(english|anglais|inglese|ingles|englisch)\b")
_FRENCH = re.compile(r"\b(french|francais|frances|francese)\b")
# Form -> the slots that it fills, and what is said when it is dropped.
FORMS: dict[str, tuple[tuple[str, ...], str]] = {
    "report_form": (REPORT_SLOTS, "utter_report_cancelled"),
    "lookup_form": (LOOKUP_SLOTS, "utter_listening"),
    "redeem_form": (REDEEM_SLOTS, "utter_redeem_cancelled"),
    "pickup_form": (PICKUP_SLOTS, "utter_pickup_cancelled_flow"),
    "booking_form": (BOOKING_SLOTS, "utter_booking_kept"),
    "proof_form": (PROOF_SLOTS, "utter_proof_stopped"),
    "link_form": (LINK_SLOTS, "utter_link_cancelled"),
    "data_form": (DATA_SLOTS, "utter_data_stopped"),
}


class Cancel(Action):
    """Drop the form in progress; nothing was sent."""

    def name(self) -> str:
        """As in the rules."""
        return "action_cancel"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Say so and forget; ``action_back_to_form`` follows."""
        names, said = FORMS.get(
            str(tracker.active_loop.get("name")), ((), "utter_nothing_to_cancel")
        )
        act = tracker.get_slot("last_act") or {}
        if not names and act.get("kind") == "report":
            # "Annulez" right after: what was sent can't be dropped, and that is said.
            dispatcher.utter_message(response="utter_undo_report", reference=act["reference"])
            return [SlotSet("last_act", None)]
        dispatcher.utter_message(response=said)
        return [*(SlotSet(name, None) for name in names), SlotSet("undo_slots", None)]


class _InOrOut(Action):
    """One text, or another one in the middle of a form, whose question comes again."""

    action: ClassVar[str]
    outside: ClassVar[str]
    inside: ClassVar[str]

    def name(self) -> str:
        """As in the rules."""
        return self.action

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Utter it."""
        is_inside = bool(tracker.active_loop.get("name"))
        dispatcher.utter_message(response=self.inside if is_inside else self.outside)
        return []


class Greet(_InOrOut):
    """What can be done here, or just a sign of life."""

    action, outside, inside = "action_greet", "utter_greet", "utter_here"


class Help(_InOrOut):
    """What can be said: anything, or an answer to the question that is open."""

    action, outside, inside = "action_help", "utter_help", "utter_help_in_flow"


class Goodbye(_InOrOut):
    """Goodbye, or first what is not sent yet."""

    action, outside, inside = "action_goodbye", "utter_goodbye", "utter_not_sent_yet"


class Repeat(Action):
    """Say it again: a question in other words (``bot.hub.words``), an answer as it was."""

    def name(self) -> str:
        """As in the rules."""
        return "action_repeat"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Inside a form the form asks again after this."""
        if tracker.active_loop.get("name"):
            dispatcher.utter_message(response="utter_repeating")
            return []
        last = _said_last(tracker)
        if last is None:
            dispatcher.utter_message(response="utter_nothing_to_repeat")
            return []
        text, buttons = last
        dispatcher.utter_message(response="utter_repeating_last", last=text, buttons=buttons)
        return []


def _said_last(tracker: Tracker) -> tuple[str, list[dict[str, Any]]] | None:
    """The texts of the turn before this one, and the choices that it offered."""
    texts: list[str] = []
    buttons: list[dict[str, Any]] = []
    users = 0
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            users += 1
            if users == 2:
                break
        elif event.get("event") == "bot" and users == 1 and event.get("text"):
            texts.append(str(event["text"]))
            buttons = buttons or list((event.get("data") or {}).get("buttons") or [])
    return (" ".join(reversed(texts)), buttons) if texts else None


class SetLanguage(Action):
    """Go on in French or in English."""

    def name(self) -> str:
        """As in the rules."""
        return "action_set_language"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The language that is named, else the question."""
        said = plain(str(tracker.latest_message.get("text") or ""))
        if _ENGLISH.search(said):
            locale = "en"
        elif _FRENCH.search(said):
            locale = "fr"
        else:
            dispatcher.utter_message(response="utter_language_which")
            return []
        name = "english" if locale == "en" else "french"
        dispatcher.utter_message(response=f"utter_language_{name}")
        return [SlotSet("locale", locale)]


class Undo(Action):
    """Take the last act back, where that is possible; inside a form the form does it."""

    def name(self) -> str:
        """As in the rules."""
        return "action_undo"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The same undo twice changes nothing. Says so when a service is away."""
        act = tracker.get_slot("last_act")
        if tracker.active_loop.get("name") or not act:
            dispatcher.utter_message(response="utter_nothing_to_undo")
            return []
        if act["kind"] == "report":
            dispatcher.utter_message(response="utter_undo_report", reference=act["reference"])
            return []
        try:
            response, values = await _take_back(act, tracker)
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_service_away")
            return []
        except ServiceRefused as refusal:
            if refusal.status not in (404, 409, 422):
                raise
            response, values = "utter_undo_refused", {}
        dispatcher.utter_message(response=response, **values)
        return [SlotSet("last_act", None)]


async def _take_back(act: dict[str, Any], tracker: Tracker) -> tuple[str, dict[str, str]]:
    conversation = str(tracker.sender_id)
    match act["kind"]:
        case "support":
            await services().console.end_support(
                reference=act["reference"], conversation=conversation
            )
            return "utter_undo_support", {"reference": act["reference"]}
        case "voucher":
            await services().wallet.cancel_redemption(
                redemption_id=act["id"], idempotency_key=f"{turn_id(tracker)}:undo"
            )
            return "utter_undo_voucher", {"code": act["code"]}
        case _:
            await services().pickups.cancel(reference=act["reference"], conversation=conversation)
            return "utter_booking_cancelled", {"reference": act["reference"]}
