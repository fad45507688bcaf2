"""The report form: what is still missing, and how it is asked."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.phrases import category_labels, phrase, sentence_case
from actions.places import check_place
from actions.report_hearing import hear, next_question
from actions.turn import actions_since_user

FORM = "report_form"


class ValidateReportForm(Action):
    """Hear the message, check the place, choose the next question.

    Rasa calls it on every turn of the form. Answering with no slot but ``requested_slot`` lets a
    rule answer the message first (balance, help, emergency…); Rasa then calls it again to return
    to the question, and that second time the message is not heard a second time.
    """

    def name(self) -> str:
        """Rasa looks for this name beside the form's."""
        return f"validate_{FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Slots that changed, then the slot to ask for. Raises ``ServiceUnavailable``."""
        slots: dict[str, Any] = dict(tracker.slots)
        coming_back = any(name != FORM for name in actions_since_user(tracker))
        changes = (
            {} if coming_back else hear(tracker.latest_message, slots, category_labels(domain))
        )
        slots.update(changes)
        if changes.get("report_location") or changes.get("report_commune"):
            check = await check_place(
                slots,
                console=services().console,
                commune_was_told=bool(changes.get("report_commune")),
            )
            changes.update(check.slots)
            slots.update(check.slots)
            if check.response:
                dispatcher.utter_message(response=check.response)
        events: list[EventType] = [SlotSet(name, value) for name, value in changes.items()]
        return [*events, SlotSet("requested_slot", next_question(slots))]


class AskReportCategory(Action):
    """Ask for the category: three choices when the prediction is worth it, else openly."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_report_category"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Utter the question and count it."""
        asked = float(tracker.get_slot("report_category_asked") or 0)
        choices = tracker.get_slot("report_category_choices") or []
        labels = category_labels(domain)
        titles = [sentence_case(labels[code]) for code in choices if code in labels]
        if titles:
            titles.append(phrase(domain, "utter_report_category_none"))
            dispatcher.utter_message(
                response="utter_ask_report_category_choice",
                buttons=[{"title": title, "payload": title} for title in titles],
            )
        elif asked:
            dispatcher.utter_message(response="utter_ask_report_category_again")
        else:
            dispatcher.utter_message(response="utter_ask_report_category_open")
        return [SlotSet("report_category_asked", asked + 1)]
