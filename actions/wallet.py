"""Tell people their points, and where they came from."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.consents import points_question, put_question
from actions.flow import ended
from actions.http import ServiceRefused, ServiceUnavailable
from actions.phrases import Phrases
from actions.proof import NEEDED, continues, needs_proof
from actions.wallet_client import Balance


class TellBalance(Action):
    """Available points, and those that wait for a validation."""

    def name(self) -> str:
        """As in the domain."""
        return "action_balance"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Utter the balance. A question is not worth retrying for hours: when a service is away
        the answer says so. Raises ``ServiceRefused`` when our own access is refused."""
        try:
            wallet_id = await services().console.wallet_of(conversation=str(tracker.sender_id))
            balance = await services().wallet.balance(wallet_id=wallet_id) if wallet_id else None
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_balance_unavailable")
            return []
        except ServiceRefused as refusal:
            if refusal.code != NEEDED:
                raise
            return await needs_proof(dispatcher, tracker, domain, "balance")
        self._say(dispatcher, Phrases.of(domain, tracker), balance)
        question = await points_question(tracker) if balance is None else None
        if question and question["wish"] != "agreed":
            put_question(dispatcher, question)  # they asked about points themselves
        return []

    @staticmethod
    def _say(dispatcher: CollectingDispatcher, phrases: Phrases, balance: Balance | None) -> None:
        if balance is None:
            dispatcher.utter_message(response="utter_no_wallet")
            return
        available = phrases.points(balance.available_points)
        pending = phrases.points(balance.pending_points)
        if balance.pending_points <= 0:
            dispatcher.utter_message(response="utter_balance", available=available)
        elif balance.available_points:
            dispatcher.utter_message(
                response="utter_balance_with_pending", available=available, pending=pending
            )
        else:
            dispatcher.utter_message(response="utter_balance_pending_only", pending=pending)


MOVEMENTS_MAX = 5
# Kinds of entries -> the words for them; what is not here is the city's own book-keeping.
_WORDS = {
    "reward_pending": "reward_pending",
    "reward_posted": "earned",
    "reward_granted": "earned",
    "reward_voided": "voided",
    "reward_reversed": "corrected",
    "points_recovered": "corrected",
    "points_expired": "expired",
    "redemption_held": "held",
    "redemption_captured": "spent",
    "redemption_released": "returned",
    "redemption_refunded": "returned",
    "correction_credited": "corrected",
    "correction_debited": "corrected",
}


class TellHistory(Action):
    """The latest movements, in words."""

    def name(self) -> str:
        """As in the domain."""
        return "action_wallet_history"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Day, points and what they were for; says so when a service is away."""
        phrases = Phrases.of(domain, tracker)
        try:
            wallet_id = await services().console.wallet_of(conversation=str(tracker.sender_id))
            entries = (
                await services().wallet.entries(wallet_id=wallet_id, limit=MOVEMENTS_MAX * 2)
                if wallet_id
                else []
            )
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_balance_unavailable")
            return []
        except ServiceRefused as refusal:
            if refusal.code != NEEDED:
                raise
            return await needs_proof(dispatcher, tracker, domain, "history")
        lines = [
            phrases.text(
                "utter_history_line",
                day=phrases.day(entry["created_at"]),
                points=phrases.points(abs(int(entry["points"]))),
                what=phrases.text(f"utter_entry_{_WORDS[entry['kind']]}"),
            )
            for entry in entries
            if entry["kind"] in _WORDS
        ][:MOVEMENTS_MAX]
        if not lines:
            dispatcher.utter_message(response="utter_history_empty")
            return []
        dispatcher.utter_message(response="utter_history", lines="; ".join(lines) + ".")
        return []


@continues("balance")
async def _balance_after_proof(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, _: Any
) -> list[EventType]:
    events = await TellBalance().run(dispatcher, tracker, domain)
    return events or ended(dispatcher, tracker, domain)


@continues("history")
async def _history_after_proof(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, _: Any
) -> list[EventType]:
    events = await TellHistory().run(dispatcher, tracker, domain)
    return events or ended(dispatcher, tracker, domain)
