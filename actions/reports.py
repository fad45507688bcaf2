"""Send a report to the console, follow somebody else's, or keep it while the city is away."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import CreatedReport, services
from actions.consents import UNWANTED, points_question, put_question
from actions.flow import ended
from actions.http import ServiceRefused, ServiceUnavailable
from actions.phrases import Phrases
from actions.report_extras import draft_body
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
    "report_latitude",
    "report_longitude",
    "report_commune",
    "report_commune_label",
    "report_photos",
    "report_similar",
    "report_same",
    "report_questions",
    "report_answers",
    "report_confirmed",
    "report_correction",
)
# The draft's key was used before, for other words than those sent now.
_STORED_BEFORE = "idempotency_conflict"
# Refusal code -> (what to say, the slots to ask again).
REFUSALS: dict[str, tuple[str, tuple[str, ...]]] = {
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
    return [
        *forget_report(),
        SlotSet("last_report_reference", reference),
        SlotSet("last_act", {"kind": "report", "reference": reference}),
    ]


async def create_report(*, key: str, body: dict[str, Any]) -> CreatedReport:
    """Store it; a photo that is gone, or another report's, must not stop a report. Raises what
    ``Console.create_report`` raises."""
    try:
        return await services().console.create_report(idempotency_key=key, **body)
    except ServiceRefused as refusal:
        if "photos" not in body or not refusal.code.startswith("photo"):
            raise
    without = {name: value for name, value in body.items() if name != "photos"}
    return await services().console.create_report(idempotency_key=key, **without)


class SubmitReport(Action):
    """Store the confirmed report in the console, or follow the one that was there.

    The key belongs to the draft: if this process dies after the console's commit, or the answer is
    lost, the same draft gets the same report, whenever and in whatever turn it is sent.

    With the console away the report is kept in the slot ``kept_reports``, under the same key. The
    hub's ``save_tracker`` writes the slot and the promise ("je garde votre signalement") in one
    transaction, so whoever read the promise has a kept report; ``bot.hub.kept`` sends it.
    """

    def name(self) -> str:
        """As in the domain."""
        return "action_submit_report"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Reference and what comes next; on a refusal, the question to ask again, and where the
        draft was stored before it was changed, the reference it has.

        Raises ``ServiceRefused`` for a refusal nobody can act on.
        """
        phrases = Phrases.of(domain, tracker)
        if tracker.get_slot("report_same") == "yes":
            return await self._follow(dispatcher, tracker, domain, phrases)
        key = idempotency_key(tracker, form=FORM, step="report")
        body = draft_body(tracker.slots, str(tracker.sender_id))
        try:
            report = await create_report(key=key, body=body)
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_report_kept")
            label = str(tracker.get_slot("report_category_label") or "")
            kept = [
                *(tracker.get_slot("kept_reports") or []),
                {"key": key, "label": label, "body": body},
            ]
            return [
                *forget_report(),
                SlotSet("kept_reports", kept),
                *ended(dispatcher, tracker, domain),
            ]
        except ServiceRefused as refusal:
            return self._refused(dispatcher, tracker, domain, refusal)
        question = await points_question(tracker) or {}
        self._say(dispatcher, phrases, report, wants_points=question.get("wish") not in UNWANTED)
        if question.get("is_due") and not tracker.get_slot("suspended_flow"):
            put_question(dispatcher, question)
        return [*_sent(report.reference), *ended(dispatcher, tracker, domain)]

    @staticmethod
    def _refused(
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: DomainDict,
        refusal: ServiceRefused,
    ) -> list[EventType]:
        stored = refusal.fields.get("reference")
        if refusal.code == _STORED_BEFORE and stored:
            dispatcher.utter_message(response="utter_report_already_stored", reference=stored)
            return [*_sent(stored), *ended(dispatcher, tracker, domain)]
        if refusal.code not in REFUSALS:
            raise refusal
        response, asked_again = REFUSALS[refusal.code]
        dispatcher.utter_message(response=response)
        cleared = (*asked_again, "report_confirmed")
        return [*(SlotSet(name, None) for name in cleared), FollowupAction(FORM)]

    @staticmethod
    def _say(
        dispatcher: CollectingDispatcher,
        phrases: Phrases,
        report: CreatedReport,
        *,
        wants_points: bool,
    ) -> None:
        dispatcher.utter_message(
            response="utter_report_created",
            reference=report.reference,
            service_label=report.service_label,
            delay=phrases.delay(target_hours=report.target_hours, clock=report.clock),
        )
        if report.competent_name:
            dispatcher.utter_message(
                response="utter_report_competent",
                name=report.competent_name,
                phone=report.competent_phone,
            )
        if report.points > 0 and wants_points:
            dispatcher.utter_message(
                response="utter_report_points", points=phrases.points(report.points)
            )
        if report.receipt_url:
            dispatcher.utter_message(response="utter_report_receipt", address=report.receipt_url)

    @staticmethod
    async def _follow(
        dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, phrases: Phrases
    ) -> list[EventType]:
        reference = str((tracker.get_slot("report_similar") or {}).get("reference"))
        try:
            made: dict[str, Any] = await services().console.support_report(
                reference=reference,
                conversation=str(tracker.sender_id),
                idempotency_key=idempotency_key(tracker, form=FORM, step="support"),
            )
        except ServiceRefused as refusal:
            if refusal.status not in (404, 409):
                raise
            dispatcher.utter_message(response="utter_report_already_followed", reference=reference)
            return [*forget_report(), *ended(dispatcher, tracker, domain)]
        reference = str(made["reference"])
        dispatcher.utter_message(
            response="utter_report_followed",
            reference=reference,
            people=phrases.people(int(made["people"])),
        )
        if made["may_earn"]:
            dispatcher.utter_message(response="utter_report_followed_points")
        return [
            *forget_report(),
            SlotSet("last_report_reference", reference),
            SlotSet("last_act", {"kind": "support", "reference": reference}),
            *ended(dispatcher, tracker, domain),
        ]


class SendKeptReports(Action):
    """Send what was kept while the console was away, and tell the people concerned.

    Each report has its draft's key, each notice a cause of its own: a run that dies in the middle
    is run again from the start, and the console repeats nothing. What was sent leaves the slot in
    the hub's ``save_tracker``, one transaction. Raises ``ServiceUnavailable``: not yet.
    """

    def name(self) -> str:
        """As in the domain."""
        return "action_send_kept_reports"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The empty slot, and the last reference."""
        phrases = Phrases.of(domain, tracker)
        console = services().console
        events: list[EventType] = [SlotSet("kept_reports", None)]
        for kept in tracker.get_slot("kept_reports") or []:
            try:
                report = await create_report(key=kept["key"], body=kept["body"])
            except ServiceRefused as refusal:
                if refusal.code not in REFUSALS:
                    raise
                text = phrases.text("utter_kept_report_refused", label=kept["label"])
            else:
                text = phrases.text("utter_kept_report_sent", reference=report.reference)
                events.append(SlotSet("last_report_reference", report.reference))
            await console.tell(
                conversation=str(tracker.sender_id), cause=f"kept:{kept['key']}", text=text
            )
        return events


class ReportFeedback(Action):
    """The author's answer to "C'est réglé ?"."""

    def name(self) -> str:
        """As in the domain."""
        return "action_report_feedback"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Closed for good, or open again. Raises ``ServiceUnavailable``: the turn is run again."""
        told = {e["entity"]: str(e["value"]) for e in tracker.latest_message.get("entities") or []}
        is_solved = told.get("solved") == "yes"
        try:
            answer = await services().console.feedback(
                reference=told.get("reference", ""),
                conversation=str(tracker.sender_id),
                is_solved=is_solved,
            )
        except ServiceRefused as refusal:
            if refusal.status not in (404, 409, 422):
                raise
            name = "too_late" if refusal.status == 409 else "unknown"
            dispatcher.utter_message(response=f"utter_feedback_{name}")
            return []
        name = "solved" if is_solved else "reopened"
        dispatcher.utter_message(response=f"utter_feedback_{name}", reference=answer["reference"])
        return [SlotSet("last_report_reference", answer["reference"])]
