"""My data: see what is kept, take it away, correct it, erase it, after a one-time code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.flow import FlowForm, Hearing, Slots, ended, opening
from actions.http import ServiceRefused, ServiceUnavailable
from actions.phrases import Phrases, plain
from actions.proof import NEEDED, ON_A_NUMBER, continues, needs_proof

FORM = "data_form"
# data_act: take, correct, erase or stop; data_warning: what was read to them before they erase.
DATA_SLOTS = ("data_act", "data_reference", "data_text", "data_warning", "data_confirmed")
_ACTS = (
    ("erase", r"\b(effac\w*|supprim\w*|oubli\w*|erase|delete|forget|remove)\b"),
    ("correct", r"\b(corrig\w*|correct\w*|rectifi\w*|modifi\w*|change\w*)\b"),
    ("take", r"\b(copie|emport\w*|telecharg\w*|recuper\w*|export\w*|copy|take|download)\b"),
)
# Nothing but these words erases: a mumble, a "2" of another question or a "oui" do not.
_ERASE = frozenset({"oui, tout effacer", "yes, erase everything"})
_REFERENCE = re.compile(r"\b\d{3}[-\s.]?\d{3}[-\s.]?\d{3}\b")
_TEXT_MIN = 5
_COUNTED = ("reports", "pickups", "messages")


class MyData(Action):
    """Open the dialogue; whoever is known here proves first that it is them."""

    def name(self) -> str:
        """As in the rules."""
        return "action_my_data"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """What is wanted may stand in the message already."""
        return await _open(dispatcher, tracker, domain, _act(tracker.latest_message))


@continues("data")
async def _open(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, act: Any
) -> list[EventType]:
    conversation = str(tracker.sender_id)
    channel = str((tracker.latest_message.get("metadata") or {}).get("channel") or "web")
    try:
        counts = await services().console.my_data_counts(conversation=conversation)
    except ServiceUnavailable:
        dispatcher.utter_message(response="utter_service_away")
        return ended(dispatcher, tracker, domain)
    except ServiceRefused as refusal:
        if refusal.code != NEEDED:
            raise
        if channel not in ON_A_NUMBER and await _is_nobody(conversation):
            dispatcher.utter_message(response="utter_data_none")
            return ended(dispatcher, tracker, domain)
        asked = await needs_proof(dispatcher, tracker, domain, "data", needed_for=act)
        return asked or ended(dispatcher, tracker, domain)
    if act is None:
        phrases = Phrases.of(domain, tracker)
        told = [
            phrases.text(f"utter_data_{kind}", count=str(counts[kind]))
            for kind in _COUNTED
            if counts.get(kind)
        ]
        dispatcher.utter_message(
            response="utter_data_seen" if told else "utter_data_seen_little", what=", ".join(told)
        )
    slots = dict.fromkeys(DATA_SLOTS) | {"data_act": act}
    return [
        *(SlotSet(name, value) for name, value in slots.items()),
        *opening(dispatcher, tracker, domain, FORM),
    ]


async def _is_nobody(conversation: str) -> bool:
    now = await services().identity.recognised(conversation=conversation)
    return now.level == "nobody"


def _act(message: Mapping[str, Any]) -> str | None:
    words = plain(str(message.get("text") or ""))
    return next((act for act, pattern in _ACTS if re.search(pattern, words)), None)


class ValidateDataForm(FlowForm):
    """What is wanted, and what that needs."""

    form = FORM

    async def hear(self, heard: Hearing) -> Slots:
        """One answer at a time; words that fit nothing are left to their rule."""
        match heard.requested:
            case "data_act":
                told = heard.entity("data_choice") or _act(heard.message)
                act = told or ("stop" if heard.is_no else None)
                return {"data_act": act} if act else {}
            case "data_reference":
                found = _REFERENCE.search(heard.text)
                return {"data_reference": found[0]} if found else {}
            case "data_text":
                return {"data_text": heard.text} if len(heard.text) >= _TEXT_MIN else {}
            case "data_confirmed":
                if heard.entity("data_choice") == "erase_all" or plain(heard.text) in _ERASE:
                    return {"data_confirmed": True}
                return {"data_confirmed": False} if heard.is_no else {}
            case _:
                return {}

    async def prepare(self, heard: Hearing, changes: Slots) -> Slots:
        """Before anything is erased, what goes with it is read to them, the points first."""
        if heard.slots.get("data_act") != "erase" or heard.slots.get("data_warning"):
            return {}
        try:
            warning = await services().console.erasure_warning(conversation=heard.conversation)
        except ServiceUnavailable:
            heard.dispatcher.utter_message(response="utter_service_away")
            return {"data_act": "stop"}
        heard.dispatcher.utter_message(text=str(warning["text"]))
        return {"data_warning": str(warning["confirm"])}

    def next_question(self, slots: Mapping[str, Any]) -> str | None:
        """Taking a copy needs nothing more."""
        match slots.get("data_act"):
            case None:
                return "data_act"
            case "correct":
                if not slots.get("data_reference"):
                    return "data_reference"
                return None if slots.get("data_text") else "data_text"
            case "erase":
                return None if slots.get("data_confirmed") is not None else "data_confirmed"
            case _:
                return None


class SubmitData(Action):
    """Do it, once; a copy, a correction and an erasure are safe to ask for again."""

    def name(self) -> str:
        """As in the rules."""
        return "action_submit_data"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Says what was done; a proof that got too old is asked for anew."""
        events: list[EventType] = [SlotSet(name, None) for name in DATA_SLOTS]
        act = tracker.get_slot("data_act")
        try:
            match act:
                case "take":
                    await _copy(dispatcher, str(tracker.sender_id))
                case "correct":
                    await _correct(dispatcher, tracker)
                case "erase" if tracker.get_slot("data_confirmed"):
                    return [*events, *await _erase(dispatcher, tracker, domain)]
                case _:
                    dispatcher.utter_message(response="utter_data_stopped")
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_service_away")
        except ServiceRefused as refusal:
            if refusal.code != NEEDED:
                raise
            asked = await needs_proof(dispatcher, tracker, domain, "data", needed_for=act)
            if asked:
                return [*events, *asked]
        return [*events, *ended(dispatcher, tracker, domain)]


async def _copy(dispatcher: CollectingDispatcher, conversation: str) -> None:
    copy = await services().console.my_data_copy(conversation=conversation)
    dispatcher.utter_message(response="utter_data_copy")
    dispatcher.utter_message(response="utter_data_copy_address", address=str(copy["url"]))


async def _correct(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    digits = re.sub(r"\D", "", str(tracker.get_slot("data_reference")))
    reference = "-".join((digits[:3], digits[3:6], digits[6:]))
    try:
        await services().console.report_description(
            conversation=str(tracker.sender_id),
            reference=reference,
            description=str(tracker.get_slot("data_text")),
        )
    except ServiceRefused as refusal:
        if refusal.status not in (404, 409, 422) or refusal.code == NEEDED:
            raise
        name = "closed" if refusal.code == "report_closed" else "not_corrected"
        dispatcher.utter_message(response=f"utter_data_{name}", reference=reference)
        return
    dispatcher.utter_message(response="utter_data_corrected", reference=reference)


async def _erase(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
) -> list[EventType]:
    """Nothing is kept open afterwards: what was interrupted is gone as well."""
    try:
        done = await services().console.erase_my_data(
            conversation=str(tracker.sender_id), confirm=str(tracker.get_slot("data_warning"))
        )
    except ServiceRefused as refusal:
        if refusal.code != "warning_changed":
            raise
        dispatcher.utter_message(response="utter_data_changed")
        return [SlotSet("data_act", "erase"), *opening(dispatcher, tracker, domain, FORM)]
    dispatcher.utter_message(text=str(done["text"]))
    return [SlotSet("suspended_flow", None), SlotSet("last_act", None), SlotSet("undo_slots", None)]
