"""Points or none: the question is put once, after a request, and changes nothing about it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.http import ServiceRefused, ServiceUnavailable
from actions.turn import turn_id

# Who said no is told of no points.
UNWANTED = frozenset({"refused", "withdrawn"})


async def points_question(tracker: Tracker) -> dict[str, Any] | None:
    """What the console knows of the wish, and whether the question is due now
    (``WalletQuestion``). None when it does not say: a request never waits for this."""
    try:
        return await services().console.points_question(
            conversation=str(tracker.sender_id), idempotency_key=f"{turn_id(tracker)}:points"
        )
    except (ServiceUnavailable, ServiceRefused):
        return None


def put_question(dispatcher: CollectingDispatcher, question: dict[str, Any]) -> None:
    """Say it, in the words that the answer will be kept with."""
    answers = (str(question["yes"]), str(question["no"]))
    dispatcher.utter_message(
        text=str(question["question"]),
        buttons=[{"title": answer, "payload": answer} for answer in answers],
    )


class KeepConsent(Action):
    """The answer; a "no" later takes a yes back."""

    def name(self) -> str:
        """As in the rules."""
        return "action_wallet_consent"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The console keeps it with its words; when it is away, that is said."""
        told = {e["entity"]: str(e["value"]) for e in tracker.latest_message.get("entities") or []}
        wants_points = told.get("points_wish") == "yes"
        try:
            kept = await services().console.points_answer(
                conversation=str(tracker.sender_id),
                wants_points=wants_points,
                idempotency_key=f"{turn_id(tracker)}:points",
            )
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_service_away")
            return []
        dispatcher.utter_message(response=f"utter_points_{kept['wish']}")
        return []
