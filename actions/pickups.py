"""Booking a bulky-waste pickup: objects, address, a free slot, a read-back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.flow import FlowForm, Hearing, Slots, ended
from actions.http import ServiceRefused
from actions.phrases import Phrases, as_buttons, plain
from actions.pickup_choices import (
    SLOTS_FETCHED,
    SLOTS_SHOWN,
    chosen,
    items_words,
    slots_page,
    wants_others,
)
from actions.pickup_client import object_lines
from actions.turn import idempotency_key

FORM = "pickup_form"
PICKUP_SLOTS = (
    "pickup_items",
    "pickup_address",
    "pickup_commune",
    "pickup_insee",
    "pickup_offered",
    "pickup_page",
    "pickup_slot",
    "pickup_confirmed",
    "pickup_correction",
)
# In ``pickup_insee``: the flow ends, and why was said.
NOT_HERE = "-"
_BARE = frozenset({"inform", "report_issue", "book_pickup", "correct_place", "nlu_fallback", ""})
_NO_CHOICE: Slots = {"pickup_offered": None, "pickup_page": None, "pickup_slot": None}
_CORRECTIONS: tuple[tuple[tuple[str, ...], Slots], ...] = (
    (("objet", "item", "thing", "quantite"), {"pickup_items": None, **_NO_CHOICE}),
    (
        ("adresse", "address", "lieu", "place", "rue"),
        {"pickup_address": None, "pickup_commune": None, "pickup_insee": None, **_NO_CHOICE},
    ),
    (("date", "jour", "creneau", "day", "slot", "heure"), dict(_NO_CHOICE)),
)


class ValidatePickupForm(FlowForm):
    """Hear objects, an address, a day; ask the console what it makes of them."""

    form = FORM

    async def hear(self, heard: Hearing) -> Slots:
        """Raises ``ServiceUnavailable``."""
        slots = heard.slots
        if slots.get("pickup_correction") == "asked":
            return _corrected(heard.text)
        if heard.requested == "pickup_confirmed":
            if heard.is_yes:
                return {"pickup_confirmed": True}
            if heard.is_no:
                return {"pickup_correction": "asked"}
        changes: Slots = {}
        if heard.requested == "pickup_slot":
            changes = _slot_heard(heard)
            if changes:
                return changes
        is_opening = heard.requested is None
        if is_opening or heard.requested == "pickup_items" or heard.entity("item"):
            changes.update(await _items_heard(heard, is_opening=is_opening))
        changes.update(_address_heard(heard, known=bool(changes)))
        if changes:
            changes.setdefault("pickup_confirmed", None)
        return changes

    async def prepare(self, heard: Hearing, changes: Slots) -> Slots:
        """Who collects there, and which slots are free. Raises ``ServiceUnavailable``."""
        more: Slots = {}
        slots = heard.slots
        if slots.get("pickup_address") and not slots.get("pickup_insee"):
            more.update(await _coverage(heard))
            slots.update(more)
        is_ready = slots.get("pickup_items") and slots.get("pickup_insee") not in (None, NOT_HERE)
        if is_ready and not slots.get("pickup_offered") and not slots.get("pickup_slot"):
            free = await services().pickups.slots(
                insee=str(slots["pickup_insee"]),
                objects=sum(int(item["count"]) for item in slots["pickup_items"]),
                limit=SLOTS_FETCHED,
                locale=heard.phrases.locale,
            )
            if not free:
                heard.dispatcher.utter_message(response="utter_pickup_no_slot")
                more["pickup_insee"] = NOT_HERE
            more["pickup_offered"] = slots_page(free, int(slots.get("pickup_page") or 0))
        return more

    def next_question(self, slots: Mapping[str, Any]) -> str | None:
        """Objects, address, commune, slot, yes."""
        if slots.get("pickup_insee") == NOT_HERE:
            return None
        if slots.get("pickup_correction") == "asked":
            return "pickup_correction"
        for name in ("pickup_items", "pickup_address"):
            if not slots.get(name):
                return name
        if not slots.get("pickup_insee"):
            return "pickup_commune"
        if not slots.get("pickup_slot"):
            return "pickup_slot"
        return None if slots.get("pickup_confirmed") is True else "pickup_confirmed"


def _corrected(said: str) -> Slots:
    words = plain(said)
    for names, cleared in _CORRECTIONS:
        if any(name in words for name in names):
            return {**cleared, "pickup_correction": None, "pickup_confirmed": None}
    return {}


def _slot_heard(heard: Hearing) -> Slots:
    if wants_others(heard.text):
        page = float(heard.slots.get("pickup_page") or 0) + 1
        return {"pickup_page": page, "pickup_offered": None}
    found = chosen(heard.text, heard.slots.get("pickup_offered") or [])
    if len(found) == 1:
        return {"pickup_slot": found[0]}
    return {"pickup_offered": found} if found else {}


async def _items_heard(heard: Hearing, *, is_opening: bool) -> Slots:
    """Objects that we take; what we don't take, or don't know, is said at once."""
    if heard.intent not in (*_BARE, "out_of_scope") or not heard.text:
        return {}
    marked = [str(e["value"]) for e in heard.message.get("entities") or [] if e["entity"] == "item"]
    # A whole first sentence hides its quantities: what the NLU marked is read without the rest.
    text = ", ".join(marked) if is_opening and marked else heard.text
    said = await services().pickups.items(text=text, locale=heard.phrases.locale)
    taken: list[dict[str, Any]] = []
    spoke = False
    for one in said:
        if one["status"] == "accepted":
            item = one["item"]
            taken.append({"code": item["code"], "label": item["label"], "count": int(one["count"])})
        elif one["status"] == "forbidden":
            label = (one["item"] or {}).get("label") or one["said"]
            heard.dispatcher.utter_message(
                response="utter_pickup_forbidden",
                label=str(label).lower(),
                instead=str(one["instead"]),
            )
            spoke = True
    if not taken and not spoke and not is_opening:
        _say_unknown(heard, said)
    if taken:
        return {"pickup_items": taken, **_NO_CHOICE}
    # Something was said about it: the message was heard, and the question comes again.
    return {"pickup_items": None} if spoke or not is_opening else {}


def _say_unknown(heard: Hearing, said: list[dict[str, Any]]) -> None:
    words = ", ".join(str(one["said"]) for one in said) or heard.text
    others = [str(o["label"]).lower() for one in said for o in one["alternatives"]]
    if others:
        heard.dispatcher.utter_message(
            response="utter_pickup_unknown_item_like",
            said=words,
            alternatives=", ".join(others[:3]),
        )
    else:
        heard.dispatcher.utter_message(response="utter_pickup_unknown_item", said=words)


def _address_heard(heard: Hearing, *, known: bool) -> Slots:
    address = heard.entity("address") or heard.entity("place")
    communes = [
        str(e["value"]) for e in heard.message.get("entities") or [] if e["entity"] == "commune"
    ]
    # "13006 Marseille": the postcode tells the round, the name alone does not.
    commune = next((told for told in communes if told.isdigit()), communes[-1] if communes else "")
    changes: Slots = {}
    if address:
        changes["pickup_address"] = address
    if commune:
        changes["pickup_commune"] = commune
    is_bare = heard.intent in (*_BARE, "out_of_scope") and bool(heard.text) and not known
    if not changes and is_bare and heard.requested in ("pickup_address", "pickup_commune"):
        changes[str(heard.requested)] = heard.text[:200]
    elif heard.requested == "pickup_address" and commune and not address and is_bare:
        changes["pickup_address"] = heard.text[:200]
    if changes:
        changes.update(pickup_insee=None, **_NO_CHOICE)
    return changes


async def _coverage(heard: Hearing) -> Slots:
    place = " ".join(
        str(heard.slots[name])
        for name in ("pickup_address", "pickup_commune")
        if heard.slots.get(name)
    )
    told = str(heard.slots.get("pickup_commune") or place)
    try:
        found = await services().pickups.coverage(place=told)
    except ServiceRefused as refusal:
        if refusal.code not in ("commune_unknown", "arrondissement_needed"):
            raise
        if heard.requested == "pickup_commune" and refusal.code == "commune_unknown":
            heard.dispatcher.utter_message(response="utter_commune_unknown")
        return {"pickup_insee": None}
    if not found["served"]:
        heard.dispatcher.utter_message(
            response="utter_pickup_elsewhere",
            operator=str(found["operator"]),
            phone=str(found["operator_phone"]),
        )
        return {"pickup_insee": NOT_HERE}
    return {"pickup_insee": str(found["insee"]), "pickup_commune": told}


class AskPickupSlot(Action):
    """Offer real free slots."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_pickup_slot"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Each slot's label is what is sent back."""
        offered = tracker.get_slot("pickup_offered") or []
        titles = [str(slot["label"]) for slot in offered]
        if len(titles) >= SLOTS_SHOWN:
            titles.append(Phrases.of(domain, tracker).text("utter_pickup_other_slots"))
        dispatcher.utter_message(response="utter_ask_pickup_slot", buttons=as_buttons(titles))
        return []


class AskPickupConfirmed(Action):
    """Read the appointment back."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_pickup_confirmed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Objects, address, slot."""
        dispatcher.utter_message(
            response="utter_ask_pickup_confirmed",
            items=items_words(tracker.get_slot("pickup_items") or []),
            address=str(tracker.get_slot("pickup_address")),
            slot=str((tracker.get_slot("pickup_slot") or {}).get("label")),
        )
        return []


class SubmitPickup(Action):
    """Book, once for each confirmed form.

    The console stores key and booking in one transaction. With it away the action fails on
    purpose: the place may be taken already, so the hub plays the same turn, with the same key,
    again.
    """

    def name(self) -> str:
        """As in the rules."""
        return "action_submit_pickup"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Reference, what to do, the label's address; on a refusal the question to ask again."""
        forgotten: list[EventType] = [SlotSet(name, None) for name in PICKUP_SLOTS]
        if tracker.get_slot("pickup_insee") == NOT_HERE:
            return [*forgotten, *ended(dispatcher, tracker, domain)]
        booking = {
            "conversation": str(tracker.sender_id),
            "insee": str(tracker.get_slot("pickup_insee")),
            "commune": str(tracker.get_slot("pickup_commune") or ""),
            "address": str(tracker.get_slot("pickup_address")),
            "items": object_lines(tracker.get_slot("pickup_items") or []),
            "slot": int((tracker.get_slot("pickup_slot") or {})["id"]),
        }
        try:
            made = await services().pickups.book(
                booking=booking,
                idempotency_key=idempotency_key(tracker, form=FORM, step="pickup"),
            )
        except ServiceRefused as refusal:
            return self._refused(dispatcher, tracker, domain, refusal)
        dispatcher.utter_message(
            response="utter_pickup_booked",
            slot=str(made["slot_label"]),
            reference=str(made["reference"]),
        )
        dispatcher.utter_message(response="utter_pickup_label", address=str(made["label_url"]))
        act = {"kind": "pickup", "reference": str(made["reference"])}
        return [*forgotten, SlotSet("last_act", act), *ended(dispatcher, tracker, domain)]

    @staticmethod
    def _refused(
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: DomainDict,
        refusal: ServiceRefused,
    ) -> list[EventType]:
        if refusal.status not in (409, 422):
            raise refusal
        dispatcher.utter_message(response="utter_pickup_refused", reason=refusal.message)
        cleared: Slots = {"pickup_confirmed": None}
        if refusal.code.startswith("slot_"):
            cleared.update(_NO_CHOICE)
        elif refusal.code in ("too_many_objects", "too_much_volume", "item_unknown"):
            cleared.update(pickup_items=None, **_NO_CHOICE)
        elif refusal.code == "address_missing":
            cleared.update(pickup_address=None, pickup_insee=None)
        else:
            forgotten = [SlotSet(name, None) for name in PICKUP_SLOTS]
            return [*forgotten, *ended(dispatcher, tracker, domain)]
        return [*(SlotSet(n, v) for n, v in cleared.items()), FollowupAction(FORM)]


# Kept here so that a form in progress and its correction are told together.
BOOKING_SLOTS = (
    "booking_act",
    "booking_choices",
    "booking_choice",
    "booking_offered",
    "booking_slot",
    "booking_confirmed",
)
