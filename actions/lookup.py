"""Questions with one thing to know: a report, where to take things, where a waste goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.flow import FlowForm, Hearing, Slots, ended
from actions.http import ServiceRefused, ServiceUnavailable
from actions.phrases import Phrases, plain

FORM = "lookup_form"
LOOKUP_SLOTS = ("lookup_about", "lookup_value")
ABOUT = {"track_report": "track", "find_drop_off": "drop_off", "ask_sorting_rule": "sorting"}
_REFERENCE = re.compile(r"\b\d{3}[-\s.]?\d{3}[-\s.]?\d{3}\b")
_BARE = frozenset(
    {"inform", "report_issue", "nlu_fallback", "out_of_scope", "correct_place", "", *ABOUT}
)
# Under its own intent a message may name its thing without a marked entity: the words around it.
_AROUND_A_WASTE = re.compile(
    r"^.*\b(?:jet(?:er|te|tes|tent|é)|mettre|mets|met|vont|va|dans quelle (?:poubelle|benne)"
    r"|poubelle pour|bac pour|throw(?: away)?|put|bin for|goes?)\b",
    re.IGNORECASE,
)
# "Où jeter ça ?" names nothing.
_POINTING = frozenset({"ca", "cela", "ceci", "le", "la", "les", "it", "this", "that"})
FACILITIES_MAX = 3
_NEAR_M = 1000


class ValidateLookupForm(FlowForm):
    """What is looked for comes from the intent that opened the form; its value may too."""

    form = FORM

    async def hear(self, heard: Hearing) -> Slots:
        """A reference, a place or a waste."""
        asked = heard.slots.get("lookup_about") if heard.requested else None
        about = ABOUT.get(heard.intent) or asked
        # "une bouteille en verre" sounds like the question it answers.
        is_opening = heard.intent in ABOUT and about != asked
        changes: Slots = {"lookup_about": about} if is_opening else {}
        value: Any = None
        if about == "track":
            value = _reference(heard, is_opening=is_opening)
        elif about == "drop_off":
            value = _place(heard, is_opening=is_opening)
        elif about == "sorting":
            value = _waste(heard, is_opening=is_opening)
        if value is not None:
            changes["lookup_value"] = value
        elif is_opening:
            changes["lookup_value"] = None
        return changes

    def next_question(self, slots: Mapping[str, Any]) -> str | None:
        """One question at most."""
        return None if slots.get("lookup_value") else "lookup_value"


def _reference(heard: Hearing, *, is_opening: bool) -> str | None:
    found = _REFERENCE.search(heard.text)
    if found:
        return found[0]
    told = heard.entity("reference")
    if told:
        return told
    return str(heard.slots.get("last_report_reference") or "") or None if is_opening else None


def _place(heard: Hearing, *, is_opening: bool) -> Any:
    if heard.metadata.get("location"):
        return dict(heard.metadata["location"])
    names = [heard.entity(kind) for kind in ("address", "place", "commune")]
    told = " ".join(name for name in names if name)
    if told:
        return told
    return heard.text if not is_opening and heard.intent in _BARE and heard.text else None


def _waste(heard: Hearing, *, is_opening: bool) -> str | None:
    told = heard.entity("waste") or heard.entity("item")
    if told:
        return told
    if not is_opening and heard.intent not in ABOUT:
        return heard.text[:120] if heard.intent in _BARE and heard.text else None
    rest = _AROUND_A_WASTE.sub("", heard.text).strip(" ?!.")
    if plain(rest) in _POINTING:
        return None
    if not is_opening:
        return (rest or heard.text)[:120]
    return rest[:120] if rest and rest != heard.text.strip(" ?!.") else None


class AskLookupValue(Action):
    """Ask for the one thing that is missing."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_lookup_value"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """One question for each thing that is looked for."""
        dispatcher.utter_message(response=f"utter_ask_lookup_{tracker.get_slot('lookup_about')}")
        return []


class Lookup(Action):
    """Answer what was looked for."""

    def name(self) -> str:
        """As in the rules."""
        return "action_lookup"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """A question is not worth retrying for hours: with a service away the answer says so."""
        phrases = Phrases.of(domain, tracker)
        value = tracker.get_slot("lookup_value")
        try:
            match tracker.get_slot("lookup_about"):
                case "track":
                    await _track(dispatcher, phrases, str(value))
                case "drop_off":
                    await _drop_off(dispatcher, phrases, value)
                case _:
                    await _sorting(dispatcher, phrases, str(value))
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_service_away")
        forgotten = [SlotSet(name, None) for name in LOOKUP_SLOTS]
        return [*forgotten, *ended(dispatcher, tracker, domain, says_so=False)]


async def _track(dispatcher: CollectingDispatcher, phrases: Phrases, reference: str) -> None:
    report = await services().console.report(reference=re.sub(r"[\s.]", "-", reference))
    if report is None:
        dispatcher.utter_message(response="utter_track_unknown")
        return
    when = ""
    if report["closed_at"]:
        when = phrases.text("utter_tracked_closed", day=phrases.day(report["closed_at"]))
    elif report["is_late"]:
        when = phrases.text("utter_tracked_late")
    elif report["due_at"]:
        when = phrases.text("utter_tracked_due", day=phrases.day(report["due_at"]))
    labels = phrases.category_labels()
    dispatcher.utter_message(
        response="utter_tracked",
        reference=report["reference"],
        category=labels.get(report["category"], report["category_label"]),
        state=str(report["state_label"]).lower(),
        when=when,
    )


async def _drop_off(dispatcher: CollectingDispatcher, phrases: Phrases, place: Any) -> None:
    if isinstance(place, Mapping):
        asked = {"lat": place["latitude"], "lon": place["longitude"]}
    else:
        asked = {"address": str(place)[:300]}
    try:
        found = await services().console.facilities(place=asked, limit=FACILITIES_MAX)
    except ServiceRefused as refusal:
        if refusal.status not in (404, 422):
            raise
        dispatcher.utter_message(response="utter_drop_off_place_unknown")
        return
    if not found:
        dispatcher.utter_message(response="utter_drop_off_none")
        return
    lines = [
        phrases.text(
            "utter_drop_off_one",
            name=str(one["name"]),
            address=str(one["address"]),
            commune=str(one["commune"]),
            distance=_distance(phrases, one["distance_m"]),
            opening=str(one["opening"]["text"]),
        )
        for one in found
    ]
    dispatcher.utter_message(response="utter_drop_offs", places="\n".join(lines))


def _distance(phrases: Phrases, metres: int | None) -> str:
    if metres is None:
        return ""
    if metres < _NEAR_M:
        return phrases.text("utter_distance_m", metres=str(round(metres, -1)))
    kilometres = f"{metres / 1000:.1f}"
    if phrases.locale == "fr":
        kilometres = kilometres.replace(".", ",")
    return phrases.text("utter_distance_km", kilometres=kilometres)


async def _sorting(dispatcher: CollectingDispatcher, phrases: Phrases, waste: str) -> None:
    answer = await services().console.sorting(waste=waste)
    rule = answer["rule"]
    if rule is None and answer["alternatives"]:
        names = [str(other["name"]) for other in answer["alternatives"]]
        dispatcher.utter_message(
            response="utter_sorting_which",
            buttons=[{"title": name, "payload": f"Où jeter : {plain(name)}"} for name in names[:4]],
        )
        return
    if rule is None:
        dispatcher.utter_message(response="utter_sorting_unknown")
        return
    dispatcher.utter_message(
        response="utter_sorting_rule",
        name=str(rule["name"]),
        outlet=str(rule["outlet_label"]),
        advice=str(rule["advice"]),
    )
    if not rule["is_confirmed"]:
        dispatcher.utter_message(response="utter_sorting_check")
