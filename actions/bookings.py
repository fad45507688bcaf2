"""Another day for a pickup, or none after all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.flow import FlowForm, Hearing, Slots, ended
from actions.http import ServiceRefused
from actions.phrases import Phrases, as_buttons
from actions.pickup_choices import (
    SLOTS_FETCHED,
    SLOTS_SHOWN,
    chosen,
    items_words,
    slots_page,
    wants_others,
)
from actions.pickups import BOOKING_SLOTS

FORM = "booking_form"
_ACTS = {"change_pickup": "change", "cancel_pickup": "cancel"}
_COMING = frozenset({"booked", "confirmed"})


class ValidateBookingForm(FlowForm):
    """Which appointment, which new slot, and the yes."""

    form = FORM

    async def hear(self, heard: Hearing) -> Slots:
        """The act comes from the intent that opened the form."""
        slots = heard.slots
        if heard.requested is None and heard.intent in _ACTS:
            return {"booking_act": _ACTS[heard.intent], "booking_choices": None}
        if heard.requested == "booking_confirmed":
            if heard.is_yes:
                return {"booking_confirmed": True}
            if heard.is_no:
                return {"booking_confirmed": False}
        if heard.requested == "booking_choice":
            found = chosen(heard.text, slots.get("booking_choices") or [])
            return {"booking_choice": found[0]} if len(found) == 1 else {}
        if heard.requested == "booking_slot":
            if wants_others(heard.text):
                offered = slots.get("booking_offered") or {}
                return {"booking_offered": {**offered, "page": int(offered.get("page", 0)) + 1}}
            page = _page(slots)
            found = chosen(heard.text, page) or chosen(heard.text, _all(slots))
            return {"booking_slot": found[0]} if len(found) == 1 else {}
        return {}

    async def prepare(self, heard: Hearing, changes: Slots) -> Slots:
        """The coming appointments, and free slots for the one to move. Raises
        ``ServiceUnavailable``."""
        slots, more = heard.slots, Slots()
        if slots.get("booking_choices") is None:
            more["booking_choices"] = await _coming(heard)
            if not more["booking_choices"]:
                heard.dispatcher.utter_message(response="utter_pickup_none")
            elif len(more["booking_choices"]) == 1:
                more["booking_choice"] = more["booking_choices"][0]
            slots.update(more)
        booking = slots.get("booking_choice")
        moves = slots.get("booking_act") == "change"
        if booking and moves and slots.get("booking_offered") is None:
            more["booking_offered"] = {"slots": await _free(heard, booking), "page": 0}
            if not more["booking_offered"]["slots"]:
                heard.dispatcher.utter_message(response="utter_pickup_no_slot")
                more["booking_choices"] = []
        return more

    def next_question(self, slots: Mapping[str, Any]) -> str | None:
        """No appointment, or a no, ends the form."""
        if slots.get("booking_choices") == [] or slots.get("booking_confirmed") is not None:
            return None
        if not slots.get("booking_choice"):
            return "booking_choice"
        if slots.get("booking_act") == "change" and not slots.get("booking_slot"):
            return "booking_slot"
        return "booking_confirmed"


async def _coming(heard: Hearing) -> list[dict[str, Any]]:
    found = await services().pickups.bookings(conversation=heard.conversation)
    return [
        {
            "reference": str(booking["reference"]),
            "label": heard.phrases.text(
                "utter_booking_label",
                slot=str(booking["slot_label"]),
                items=items_words(booking["items"]),
            ),
            "slot": int(booking["slot"]),
            "slot_label": str(booking["slot_label"]),
            "objects": int(booking["objects"]),
            "place": str(booking["place_label"]),
        }
        for booking in found
        if booking["state"] in _COMING
    ]


async def _free(heard: Hearing, booking: Mapping[str, Any]) -> list[dict[str, Any]]:
    try:
        coverage = await services().pickups.coverage(place=str(booking["place"]))
    except ServiceRefused:
        return []
    found = await services().pickups.slots(
        insee=str(coverage["insee"]),
        objects=int(booking["objects"]),
        limit=SLOTS_FETCHED,
        locale=heard.phrases.locale,
    )
    return [
        {"id": slot["id"], "label": slot["label"]}
        for slot in found
        if slot["id"] != booking["slot"]
    ]


def _all(slots: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list((slots.get("booking_offered") or {}).get("slots") or [])


def _page(slots: Mapping[str, Any]) -> list[dict[str, Any]]:
    return slots_page(_all(slots), int((slots.get("booking_offered") or {}).get("page") or 0))


class AskBookingChoice(Action):
    """Offer the coming appointments."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_booking_choice"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Each label is what is sent back."""
        labels = [str(one["label"]) for one in tracker.get_slot("booking_choices") or []]
        dispatcher.utter_message(response="utter_ask_booking_choice", buttons=as_buttons(labels))
        return []


class AskBookingSlot(Action):
    """Offer other slots."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_booking_slot"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The slot that is booked, then the free ones."""
        titles = [str(slot["label"]) for slot in _page(tracker.slots)]
        if len(_all(tracker.slots)) > SLOTS_SHOWN:
            titles.append(Phrases.of(domain, tracker).text("utter_pickup_other_slots"))
        dispatcher.utter_message(
            response="utter_ask_booking_slot",
            slot=str((tracker.get_slot("booking_choice") or {}).get("slot_label")),
            buttons=as_buttons(titles),
        )
        return []


class AskBookingConfirmed(Action):
    """Read back what will be done."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_booking_confirmed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Yes or no."""
        act = str(tracker.get_slot("booking_act"))
        slot = tracker.get_slot("booking_slot") or {}
        booking = tracker.get_slot("booking_choice") or {}
        dispatcher.utter_message(
            response=f"utter_ask_booking_confirmed_{act}",
            slot=str(slot["label"] if act == "change" else booking["slot_label"]),
        )
        return []


class SubmitBooking(Action):
    """Move or cancel; asking twice changes nothing, so a turn may run again."""

    def name(self) -> str:
        """As in the rules."""
        return "action_submit_booking"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """What is true now. Raises ``ServiceUnavailable``."""
        if tracker.get_slot("booking_choices") == []:
            pass  # why was said when it was found
        elif tracker.get_slot("booking_confirmed") is not True:
            dispatcher.utter_message(response="utter_booking_kept")
        else:
            await self._act(dispatcher, tracker)
        forgotten = [SlotSet(name, None) for name in BOOKING_SLOTS]
        return [*forgotten, *ended(dispatcher, tracker, domain)]

    @staticmethod
    async def _act(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        reference = str(tracker.get_slot("booking_choice")["reference"])
        conversation = str(tracker.sender_id)
        try:
            if tracker.get_slot("booking_act") == "cancel":
                await services().pickups.cancel(reference=reference, conversation=conversation)
                dispatcher.utter_message(response="utter_booking_cancelled", reference=reference)
                return
            changed = await services().pickups.change(
                reference=reference,
                conversation=conversation,
                slot=int(tracker.get_slot("booking_slot")["id"]),
            )
        except ServiceRefused as refusal:
            if refusal.status not in (403, 404, 409, 422) or not refusal.message:
                raise
            dispatcher.utter_message(response="utter_pickup_refused", reason=refusal.message)
            return
        dispatcher.utter_message(
            response="utter_booking_changed",
            reference=reference,
            slot=str(changed["slot_label"]),
        )
