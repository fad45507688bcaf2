"""The report form: what is still missing, and how it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.flow import FlowForm, Hearing, Slots
from actions.http import ServiceRefused, ServiceUnavailable
from actions.phrases import Phrases, as_buttons, commune_with_preposition, plain, sentence_case
from actions.places import check_place, place_shared
from actions.report_extras import open_question, questions_to_ask, similar_report
from actions.report_hearing import hear, next_question

FORM = "report_form"
PHOTOS_MAX = 5


class ValidateReportForm(FlowForm):
    """Hear the message, check the place, look for the same report, choose the next question.

    With the console away the form goes on with what was told: the report is kept when it is
    confirmed (``actions.reports``), and the console checks it when it is sent.
    """

    form = FORM

    async def hear(self, heard: Hearing) -> Slots:
        """What the words, the photo or the shared position say."""
        changes = photo_heard(heard)
        if heard.metadata.get("location"):
            changes.update(await place_shared(heard, services().console))
        if heard.intent not in ("share_location", "share_photo"):
            labels = heard.phrases.category_labels()
            changes.update(hear(heard.message, heard.slots, labels))
        return changes

    async def prepare(self, heard: Hearing, changes: Slots) -> Slots:
        """The place checked, a near report looked for, the category's questions fetched."""
        more: Slots = {}
        try:
            was_told = bool(changes.get("report_commune"))
            if was_told or changes.get("report_location"):
                more.update(await self._checked(heard, commune_was_told=was_told))
                heard.slots.update(more)
            more.update(await self._extras(heard))
        except ServiceUnavailable:
            more.update(_unchecked({**heard.slots, **more}, heard.phrases))
        return more

    def next_question(self, slots: Mapping[str, Any]) -> str | None:
        """See ``report_hearing``."""
        return next_question(slots)

    async def _checked(self, heard: Hearing, *, commune_was_told: bool) -> Slots:
        slots = heard.slots
        if slots.get("report_latitude") is not None:
            if not commune_was_told or slots.get("report_commune_label"):
                return {}
            slots = {**slots, "report_location": None}
        check = await check_place(
            slots,
            console=services().console,
            commune_was_told=commune_was_told,
            locale=heard.phrases.locale,
        )
        if check.response:
            heard.dispatcher.utter_message(response=check.response)
        return check.slots

    async def _extras(self, heard: Hearing) -> Slots:
        slots, more = heard.slots, Slots()
        if not all(slots.get(f"report_{name}") for name in ("category", "location", "commune")):
            return more
        console = services().console
        if slots.get("report_similar") is None:
            try:
                more["report_similar"] = await similar_report(
                    console, slots, heard.conversation, heard.phrases
                )
            except ServiceRefused:
                more["report_similar"] = {}  # a comparison that failed must not stop a report
            _announce(heard, more["report_similar"].get("outage"))
        if slots.get("report_questions") is None:
            found = [
                category
                for category in await console.categories()
                if category["code"] == slots["report_category"]
            ]
            more["report_questions"] = [
                question
                for category in found
                for question in questions_to_ask(category, heard.phrases.locale)
            ]
        return more


def _announce(heard: Hearing, outage: Mapping[str, str] | None) -> None:
    """Before anything is asked or sent: it may be all that somebody wanted to know."""
    if outage is None:
        return
    heard.dispatcher.utter_message(response="utter_outage", message=outage["message"])
    if "day" in outage:
        heard.dispatcher.utter_message(
            response="utter_outage_end", day=outage["day"], hour=outage["hour"]
        )


def photo_heard(heard: Hearing) -> Slots:
    """The photo of this turn, joined to those that came before."""
    photo = heard.metadata.get("photo")
    before = list(heard.slots.get("report_photos") or [])
    if not photo or photo in before:
        return {}
    if len(before) >= PHOTOS_MAX:
        heard.dispatcher.utter_message(response="utter_photo_too_many", count=str(PHOTOS_MAX))
        return {}
    heard.dispatcher.utter_message(response="utter_photo_received")
    return {"report_photos": [*before, str(photo)]}


def _unchecked(slots: Mapping[str, Any], phrases: Phrases) -> Slots:
    """Nobody can check now: the words stand as they were told."""
    commune = slots.get("report_commune")
    if not commune or slots.get("report_commune_label"):
        return {}
    told = str(commune)
    label = told if plain(told)[:1].isdigit() else commune_with_preposition(told, phrases.locale)
    return {"report_commune_label": label}


class AskReportCategory(Action):
    """Ask for the category: three choices when the prediction is worth it, else openly."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_report_category"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Utter the question and count it."""
        phrases = Phrases.of(domain, tracker)
        asked = float(tracker.get_slot("report_category_asked") or 0)
        choices = tracker.get_slot("report_category_choices") or []
        labels = phrases.category_labels()
        titles = [sentence_case(labels[code]) for code in choices if code in labels]
        if titles:
            titles.append(phrases.text("utter_report_category_none"))
            dispatcher.utter_message(
                response="utter_ask_report_category_choice", buttons=as_buttons(titles)
            )
        elif asked:
            dispatcher.utter_message(response="utter_ask_report_category_again")
        else:
            dispatcher.utter_message(response="utter_ask_report_category_open")
        return [SlotSet("report_category_asked", asked + 1)]


class AskReportSame(Action):
    """Ask whether it is the problem that others reported."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_report_same"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Who said what, in the console's words."""
        similar = tracker.get_slot("report_similar") or {}
        if similar.get("outage"):
            dispatcher.utter_message(response="utter_ask_report_outage")
            return []
        dispatcher.utter_message(
            response="utter_ask_report_same", people=similar["people"], label=similar["label"]
        )
        return []


class AskReportAnswer(Action):
    """Ask the category's next question, in the city's words."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_report_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The question, its choices, and a way to skip one that is not required."""
        question = open_question(tracker.slots)
        if question is None:
            return []
        titles = [str(choice["label"]) for choice in question["choices"]]
        if not question["is_required"]:
            titles.append(Phrases.of(domain, tracker).text("utter_ask_report_answer_skip"))
        dispatcher.utter_message(text=question["label"], buttons=as_buttons(titles))
        return []
