"""Send a report to the console, or drop it."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import CreatedReport, services
from actions.http import ServiceRefused
from actions.phrases import delay_phrase, points_phrase
from actions.report_form import FORM
from actions.turn import idempotency_key

REPORT_SLOTS = (
    "report_category",
    "report_category_label",
    "report_category_choices",
    "report_category_asked",
    "report_description",
    "report_address",
    "report_place",
    "report_location",
    "report_commune",
    "report_commune_label",
    "report_confirmed",
    "report_correction",
)
# The draft's key was used before, for other words than those sent now.
_STORED_BEFORE = "idempotency_conflict"
# Refusal code -> (what to say, the slots to ask again).
_REFUSALS: dict[str, tuple[str, tuple[str, ...]]] = {
    "commune_unknown": ("utter_commune_unknown", ("report_commune", "report_commune_label")),
    "outside_territory": ("utter_outside_territory", ("report_commune", "report_commune_label")),
    "place_missing": (
        "utter_place_missing",
        ("report_location", "report_address", "report_place"),
    ),
    "category_unknown": (
        "utter_ask_report_category_again",
        ("report_category", "report_category_label"),
    ),
}


def forget_report() -> list[EventType]:
    """Events that empty every slot of the report."""
    return [SlotSet(name, None) for name in REPORT_SLOTS]


def _sent(reference: str) -> list[EventType]:
    return [*forget_report(), SlotSet("last_report_reference", reference)]


class SubmitReport(Action):
    """Store the confirmed report in the console.

    The key belongs to the draft: if this process dies after the console's commit, or the answer is
    lost, the same draft gets the same report, whether the turn runs again or the citizen says yes
    again later. With the console away the action fails on purpose: the hub gives up the turn,
    keeps the tracker as it was before it, and the worker plays the turn again later.
    """

    def name(self) -> str:
        """As in the domain."""
        return "action_submit_report"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Reference and what comes next; on a refusal, the question to ask again, and where the
        draft was stored before it was changed, the reference it has.

        Raises ``ServiceUnavailable``, and ``ServiceRefused`` for a refusal nobody can act on.
        """
        try:
            report = await services().console.create_report(
                idempotency_key=idempotency_key(tracker, form=FORM, step="report"),
                conversation=str(tracker.sender_id),
                category=str(tracker.get_slot("report_category")),
                address=str(tracker.get_slot("report_address") or ""),
                place=str(tracker.get_slot("report_place") or ""),
                commune=str(tracker.get_slot("report_commune") or ""),
                description=str(tracker.get_slot("report_description") or ""),
            )
        except ServiceRefused as refusal:
            stored = refusal.fields.get("reference")
            if refusal.code == _STORED_BEFORE and stored:
                dispatcher.utter_message(response="utter_report_already_stored", reference=stored)
                return _sent(stored)
            if refusal.code not in _REFUSALS:
                raise
            response, asked_again = _REFUSALS[refusal.code]
            dispatcher.utter_message(response=response)
            cleared = (*asked_again, "report_confirmed")
            return [*(SlotSet(name, None) for name in cleared), FollowupAction(FORM)]
        self._say(dispatcher, domain, report)
        return _sent(report.reference)

    @staticmethod
    def _say(dispatcher: CollectingDispatcher, domain: DomainDict, report: CreatedReport) -> None:
        dispatcher.utter_message(
            response="utter_report_created",
            reference=report.reference,
            service_label=report.service_label,
            delay=delay_phrase(domain, target_hours=report.target_hours, clock=report.clock),
        )
        if report.points > 0:
            dispatcher.utter_message(
                response="utter_report_points", points=points_phrase(domain, report.points)
            )


class CancelReport(Action):
    """Drop the report in progress; nothing was sent."""

    def name(self) -> str:
        """As in the domain."""
        return "action_cancel_report"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Say so and forget."""
        dispatcher.utter_message(response="utter_report_cancelled")
        return forget_report()
