"""What opens a form: directly, over another one that is put aside, or not at all."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.fallback import say_not_understood
from actions.flow import ROUTE, ended, opening
from actions.turn import intent_of

FORM_OF = {
    "report_issue": "report_form",
    "inform": "report_form",
    "share_location": "report_form",
    "share_photo": "report_form",
    "track_report": "lookup_form",
    "find_drop_off": "lookup_form",
    "ask_sorting_rule": "lookup_form",
    "redeem_reward": "redeem_form",
    "book_pickup": "pickup_form",
    "change_pickup": "booking_form",
    "cancel_pickup": "booking_form",
}
# A bare answer opens a report when nothing is in progress; inside a form it is a failed answer.
_BARE = frozenset({"inform", "share_location", "share_photo", "correct_place", "correct_category"})


class Route(Action):
    """Open the form that the message calls for."""

    def name(self) -> str:
        """As in the rules."""
        return ROUTE

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The form as the next action; in the middle of a form, what was not understood."""
        intent = intent_of(tracker.latest_message)
        wanted = FORM_OF.get(intent)
        active = tracker.active_loop.get("name")
        if active and (intent in _BARE or wanted in (None, active)):
            say_not_understood(dispatcher, tracker)
            return []
        if wanted is None:
            dispatcher.utter_message(response="utter_listening")
            return []
        # A look-up is a question: answered, and that was all.
        return opening(dispatcher, tracker, domain, wanted, says_so=wanted != "lookup_form")


class BackToForm(Action):
    """After a form was dropped: the one that it had interrupted, if any."""

    def name(self) -> str:
        """As in the rules."""
        return "action_back_to_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The suspended form as the next action."""
        return ended(dispatcher, tracker, domain)
